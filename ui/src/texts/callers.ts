/** The texts of users and addresses, which load with their page. */
import { counted, number } from "../format";

export const callerTexts = {
  users: "Users",
  ips: "Addresses",
  one: { users: "User", ips: "Address" },
  count: (count: number, most: boolean) => `${most ? "more than " : ""}${number(count)} since the beginning`,
  filter: { users: "Filter users", ips: "Filter addresses" },
  requests: "Requests",
  share: "Share",
  average: "Average",
  averageOf: (version: string) => `Average, ${version}`,
  overall: (average: string) => `all requests ${average} on the average; deeper: longer than that`,
  other: "all others",
  none: { users: "No users are known", ips: "No addresses are known" },
  noneLine: {
    users: "Say in the service who asks: a value, or a function that is called in each request.",
    ips: "They are counted from the next request on, unless KEEP_IPS is off.",
  },
  noneCommand: { users: "monitor.config.get_group_by = lambda: session.get('user')", ips: "" },
  noMatch: (all: number) => `None of ${counted(all, "name")} matches`,
  clear: "Show all",
};
