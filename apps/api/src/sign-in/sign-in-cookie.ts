import { createHmac, timingSafeEqual } from 'node:crypto'
import { hostNow } from '@firedrill/runtime'
import { z } from 'zod'
import type { SignInChecks } from './identity-provider.ts'

/** Name of the cookie that a browser carries while its person is at the provider. */
export const SIGN_IN_COOKIE = 'firedrill_sign_in'
/** How long a person may take at the provider. */
export const SIGN_IN_SECONDS = 600

const flowSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
  until: z.int(),
})

/** What is begun in one browser and has to end in the same: whoever is sent a callback by somebody else does not have it. */
export type SignInFlow = SignInChecks & Readonly<{ to: string }>

/** Signs and reads the cookie. Nothing is stored, so that another API process may end what one began. */
export function createSignInCookie(secret: string) {
  const sign = (payload: string) =>
    createHmac('sha256', secret).update(`sign-in.${payload}`).digest('base64url')
  return {
    write: (flow: SignInFlow): string => {
      const claim = { ...flow, until: hostNow() + SIGN_IN_SECONDS * 1_000_000 }
      const payload = Buffer.from(JSON.stringify(claim)).toString('base64url')
      return `${payload}.${sign(payload)}`
    },
    /** Undefined when it is forged or too old. */
    read: (cookie: string): SignInFlow | undefined => {
      const [payload = '', signature = ''] = cookie.split('.')
      const [given, expected] = [Buffer.from(signature), Buffer.from(sign(payload))]
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const { until, ...flow } = flowSchema.parse(
        JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
      )
      return until < hostNow() ? undefined : flow
    },
  }
}
export type SignInCookie = ReturnType<typeof createSignInCookie>
