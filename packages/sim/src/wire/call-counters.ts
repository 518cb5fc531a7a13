/** What the witness may ask about the traffic: calls by operation, and callers that are not an AWS SDK. */
export type CallCounts = {
  readonly operations: Readonly<Record<string, { readonly calls: number; readonly faults: Readonly<Record<string, number>> }>>
  /** Calls by user agent, for user agents that do not name an AWS SDK or the AWS CLI. */
  readonly foreignUserAgents: Readonly<Record<string, number>>
  /** Calls that were refused before their operation ran: unsigned, badly signed, expired. */
  readonly unauthenticated: number
}

const SDK_USER_AGENT = /\b(?:aws-sdk-|aws-cli\/|Boto3\/|Botocore\/)/i

/** Counts calls since this process started. */
export class CallCounters {
  readonly #operations = new Map<string, { calls: number; faults: Map<string, number> }>()
  readonly #foreign = new Map<string, number>()
  #unauthenticated = 0

  count(operation: string, userAgent: string, faultCode: string | undefined): void {
    const entry = this.#operations.get(operation) ?? { calls: 0, faults: new Map<string, number>() }
    this.#operations.set(operation, entry)
    entry.calls += 1
    if (faultCode !== undefined) entry.faults.set(faultCode, (entry.faults.get(faultCode) ?? 0) + 1)
    if (!SDK_USER_AGENT.test(userAgent)) this.#foreign.set(userAgent, (this.#foreign.get(userAgent) ?? 0) + 1)
  }

  countUnauthenticated(): void {
    this.#unauthenticated += 1
  }

  counts(): CallCounts {
    return {
      operations: Object.fromEntries(
        [...this.#operations].map(([name, { calls, faults }]) => [name, { calls, faults: Object.fromEntries(faults) }]),
      ),
      foreignUserAgents: Object.fromEntries(this.#foreign),
      unauthenticated: this.#unauthenticated,
    }
  }
}
