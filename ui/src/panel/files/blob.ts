/** The value of a blob field: what is known of a file that the hub has. */
import { at } from "../../base";
import type { Shown } from "../shown";

export interface Blobbed {
  sha256: string;
  size: number;
  type: string;
  name: string;
}

export const blobOf = (shown: Shown, field: string): Blobbed | null => shown.get<Blobbed | null>(field) ?? null;

export const addressOf = (blob: Blobbed): string => at(`/api/blobs/${blob.sha256}`);
