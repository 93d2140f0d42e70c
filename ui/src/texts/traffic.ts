/** The texts of what services do over days and hours, which load with their pages. */
import { counted, number } from "../format";

export const trafficTexts = {
  heat: "Requests by hour and day",
  noRequests: "none",
  days: "Requests a day",
  daysBy: "Requests a day, by endpoint",
  others: (count: number) => `${counted(count, "other endpoint")}`,
  day: "Day",
  time: "Time",
  all: "All",
  empty: "No requests in these days",
  emptyLine: "Choose a longer time above, or send the service a request.",
  sentence: (steps: number, daily: boolean, most: string, busiest: string) => `Requests in ${counted(steps, daily ? "day" : "step")}, at most ${most} in one${busiest ? `; the most: ${busiest}` : ""}`,
  stepLine: (step: string, all: number, open: boolean) => `${step}: ${number(all)} requests${open ? " so far" : ""}`,
  latency: (percentile: string) => `${percentile} by endpoint, ms`,
  latencyOne: (name: string) => `How long ${name} took, ms`,
  choose: "Endpoints in the chart",
  filter: "Filter endpoints",
  percentile: "Percentile",
  chosen: (count: number, most: number) => `${number(count)} of at most ${number(most)} chosen`,
  noneChosen: "Choose an endpoint",
  noneChosenLine: "The chart shows up to eight of them; the busiest are chosen at first.",
  usual: "The busiest",
  noMatch: "No endpoint matches",
};
