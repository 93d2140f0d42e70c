/** Where a job stands in the code. */
import type { LiveTopic } from "../live/live.svelte";

/** What the job says of it itself, else what its place says, which is told once of all jobs that are opened there. */
export function told<T>(field: string, job: LiveTopic, place: LiveTopic): T | null {
  void job.version;
  void place.version;
  return job.get<T | null>(field) ?? place.get<T | null>(field) ?? null;
}
