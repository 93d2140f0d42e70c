/** The texts of the source view, which load with it. */
import { counted } from "../format";

export const sourceTexts = {
  files: "Files of this script",
  lines: (count: number) => counted(count, "line"),
  label: (file: string) => `Source of ${file}`,
  line: (number: number) => `Link to line ${number}`,
  failedHere: (line: number) => `Line ${line} failed`,
  goTo: (line: number) => `Go to line ${line}`,
  failed: "The last run failed here.",
  broken: "The script does not load because of this line.",
  moved: (was: number, now: number) => `The file has changed since the run that failed at line ${was}: that line is ${now} now.`,
  gone: (was: number) => `The file has changed since the run that failed at line ${was}: that line is not there any more.`,
  readOnly: "As it is on the hub's disk now. It is edited there.",
  noFile: (file: string) => `There is no file ${file} in this script any more.`,
};
