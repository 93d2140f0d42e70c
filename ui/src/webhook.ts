/** What the hub says of who is told of failures. */
export interface WebhookStatus {
  receiver: string;
  waiting: number;
  sent: number;
  lost: number;
  last_sent: number | null;
  failing: { since: number; at: number; why: string; status: number | null } | null;
}
