/** The texts of status codes and failures, which load with their page. */
import { number } from "../format";

export const answerTexts = {
  over: (step: string) => `Requests refused or failed, %, per ${step}`,
  outcomes: { title: "Requests by their answer", well: "2xx, 3xx", refused: "4xx refused", failed: "5xx failed" },
  untold: (count: number) => `Of the oldest requests here ${number(count)} were refused, but not yet told apart over time: the charts have them among 2xx, 3xx.`,
  codes: "Status codes",
  ever: "since the beginning",
  byEndpoint: "Status codes by endpoint",
  classes: { 1: "1xx information", 2: "2xx success", 3: "3xx redirection", 4: "4xx refused", 5: "5xx failed" } as Record<string, string>,
  shares: "Shares",
  requests: "Requests",
  code: "Code",
  shareOf: "Share",
  none: "No answers yet",
  sentence: (parts: string[]) => parts.join(", "),
  moreRows: (count: number) => `and ${number(count)} more`,
};
