/** The list of all keys, which loads when it is asked for. */

export const keyTexts = {
  title: "All keys",
  groups: [
    ["Go to", [["g o", "Overview"], ["g s", "Scripts"], ["g t", "Schedules"], ["g r", "Runs"], ["g v", "Services"], ["g j", "Jobs"], ["g ,", "Settings"], ["1 to 5", "Tab of this page"]]],
    ["On this page", [["/", "Filter"], ["j k", "Next, previous row"], ["Enter", "Open the row"], ["r", "Run now, run again"], ["x", "Stop (asks)"], ["l", "Log"], ["s", "Pause, resume"], ["Esc", "Close, clear, back"]]],
    ["Anywhere", [["Ctrl K", "Search or run"], ["c", "Copy link"], ["t", "Day, night"], ["?", "These keys"]]],
  ] as [string, [string, string][]][],
};
