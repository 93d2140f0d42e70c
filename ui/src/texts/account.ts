/** The texts of who chooses a name and a password, which load with the form. */
import { counted } from "../format";

export const accountTexts = {
  title: "Choose how to log in next time",
  why: "This session came from a login link, which works once. With a name and a password no link is needed again.",
  name: "Name",
  nameHint: "It stands beside what you do, in the list of runs for example.",
  password: "Password",
  passwordHint: "At least 10 characters; a sentence is easy to keep.",
  tooShort: (length: number) => `That is ${counted(length, "character")}. Take at least 10.`,
  nameMissing: "Type a name, such as the one that you use on this machine.",
  submit: "Save and go on",
  later: "Later",
  laterHint: "Until then each start of the hub prints a new login link.",
};
