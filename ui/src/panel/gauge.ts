/** What a gauge's topic says, as shares of its dial. */

export type Tone = "plain" | "warn" | "failed";

export const words: Record<Tone, string> = { plain: "", warn: "Warning", failed: "Danger" };

export interface GaugeView {
  value: number | null;
  min: number;
  max: number;
  /** The value as far as the dial goes; its lower end while it is not known. */
  at: number;
  share: number;
  tone: Tone;
  limits: { tone: Tone; share: number }[];
}

export function gaugeOf(get: (field: string) => unknown): GaugeView {
  const min = numberOf(get("min")) ?? 0;
  const given = numberOf(get("max")) ?? 100;
  const max = given > min ? given : min + 1;
  const shareOf = (value: number) => Math.max(0, Math.min(1, (value - min) / (max - min)));
  const value = numberOf(get("value"));
  const warn = numberOf(get("warn_at"));
  const danger = numberOf(get("danger_at"));
  const from = (limit: number | null) => value !== null && limit !== null && value >= limit;
  const share = value === null ? 0 : shareOf(value);
  const limits = [{ tone: "warn" as const, limit: warn }, { tone: "failed" as const, limit: danger }];
  return {
    value, min, max, share,
    at: Math.max(min, Math.min(max, value ?? min)),
    tone: from(danger) ? "failed" : from(warn) ? "warn" : "plain",
    limits: limits.flatMap(({ tone, limit }) => (limit !== null && limit >= min && limit <= max ? [{ tone, share: shareOf(limit) }] : [])),
  };
}

const numberOf = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
