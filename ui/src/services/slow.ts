/** Outliers as the page shows them. */
import { brief, duration, SECOND } from "../format";

export interface Frame {
  file: string;
  line: number;
  name: string;
  own: boolean;
  code?: [number, string][];
}

export interface Stack {
  after: number;
  frames: Frame[];
}

export interface Asked {
  method: string;
  path: string;
  route: string | null;
  query: [string, string][];
  headers: Record<string, string>;
}

export interface Cpu {
  over: number;
  thread: number | null;
  process: number;
  load: number | null;
  cores: number | null;
}

export interface Memory {
  process: number | null;
  free: number | null;
  total: number | null;
}

export const took = (seconds: number): string => duration(seconds * SECOND);

/** How many times as long as usual, in two digits. */
export const timesOf = (seconds: number, usual: number): string => (usual > 0 ? brief(Number((seconds / usual).toPrecision(2))) : "");

/** What a list shows of one; `times` needs both figures. */
export interface OutlierView {
  id: string;
  service: string;
  endpoint: string;
  at: number;
  seconds: number;
  usual: number;
  function: string;
  status: number;
  version: string;
}

export function outlierView(topic: string, get: <T>(field: string) => T | undefined): OutlierView {
  return {
    id: topic.split("/")[3] ?? "",
    service: topic.split("/")[1] ?? "",
    endpoint: get<string>("endpoint") ?? "",
    at: get<number>("at") ?? 0,
    seconds: get<number>("seconds") ?? 0,
    usual: get<number>("usual") ?? 0,
    function: get<string | null>("function") ?? "",
    status: get<number>("status") ?? 0,
    version: get<string>("version") ?? "",
  };
}

/** The fields that `outlierView` reads. */
export const OUTLIER_FIELDS = ["endpoint", "at", "seconds", "usual", "function", "status", "version"] as const;
