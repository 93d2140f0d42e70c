/** Words of the inputs alone; they load with them. */
export const words = {
  guest: "Guests see what is set, and cannot change it",
  disabled: "Its script has switched it off",
  refused: (name: string) => `${name} was refused`,
  multiline: "Ctrl and Enter sends it, and so does leaving the field.",
};
