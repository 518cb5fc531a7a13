import { AppError, type Clock, type IdempotencyStore } from '@firedrill/core'

/** What was answered: status and the exact bytes, which every repeat gets again. */
export type KeptAnswer = Readonly<{ status: number; body: string }>

/** How long a repeat waits for the first request to finish. Platform time. */
const WAIT_MS = 10_000

/**
 * Carries out `work` at most once per key. A repeat gets the first answer, byte for byte; one that arrives while the first is
 * still being carried out waits for it. Only successes are kept: a refused or failed request may be sent again with its key.
 * @throws AppError `idempotency-mismatch`, `request-running`, and whatever `work` throws.
 */
export async function oncePerKey(
  ports: Readonly<{ idempotency: IdempotencyStore; clock: Clock }>,
  request: Readonly<{ teamId: string; key: string; hash: string }>,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const { idempotency, clock } = ports
  const { teamId, key, hash } = request
  const until = clock.monotonicMs() + WAIT_MS
  for (let pauseMs = 20; ; pauseMs = Math.min(250, pauseMs * 1.5)) {
    const begun = await idempotency.begin(teamId, key, hash)
    switch (begun.state) {
      case 'done':
        return { status: begun.status, body: begun.body }
      case 'mismatch':
        throw new AppError(
          'idempotency-mismatch',
          'This Idempotency-Key was used before with another request.',
        )
      case 'new':
        return carryOut(idempotency, request, work)
      case 'running':
        if (clock.monotonicMs() > until)
          throw new AppError(
            'request-running',
            'The first request with this Idempotency-Key has not finished yet.',
          )
        await clock.sleep(pauseMs)
    }
  }
}

async function carryOut(
  idempotency: IdempotencyStore,
  { teamId, key }: Readonly<{ teamId: string; key: string }>,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  let answer: KeptAnswer
  try {
    answer = await work()
  } catch (error) {
    await idempotency.forget(teamId, key)
    throw error
  }
  await idempotency.finish(teamId, key, answer.status, answer.body)
  return answer
}
