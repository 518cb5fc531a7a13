import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'
import { wholeNumber } from './variables.ts'

/** Where the API listens and what it serves. Directories are absolute. */
export type HttpConfig = Readonly<{
  host: string
  port: number
  stateDir: string
  webDir: string | undefined
}>

/** True for a literal loopback address. A name is not enough: it may resolve to anything. */
export function isLoopbackAddress(host: string): boolean {
  return (isIP(host) === 4 && host.startsWith('127.')) || host === '::1'
}

/** `FIREDRILL_HTTP_HOST`, `FIREDRILL_HTTP_PORT`, `FIREDRILL_STATE_DIR`, `FIREDRILL_WEB_DIR`. */
export const httpRoom: Room<HttpConfig> = defineRoom(
  {
    FIREDRILL_HTTP_HOST: {
      schema: z
        .string()
        .refine(isLoopbackAddress, 'must be a loopback address, because sign-in is not configured')
        .default('127.0.0.1'),
      remedy: 'Set it to 127.0.0.1 or ::1, or leave it out; reach it from elsewhere through an SSH tunnel',
    },
    FIREDRILL_HTTP_PORT: {
      schema: wholeNumber(0, 65_535, 4600),
      remedy: 'Set it to a free TCP port, to 0 for any, or leave it out for 4600',
    },
    FIREDRILL_STATE_DIR: {
      schema: z.string().default('.firedrill'),
      remedy: 'Set it to a directory that only this user can read; the first token is written there',
    },
    FIREDRILL_WEB_DIR: {
      schema: z.string().optional(),
      remedy: 'Set it to the directory of the built dashboard, or leave it out',
    },
  },
  (values) => ({
    host: values.FIREDRILL_HTTP_HOST,
    port: values.FIREDRILL_HTTP_PORT,
    stateDir: resolve(values.FIREDRILL_STATE_DIR),
    webDir: values.FIREDRILL_WEB_DIR === undefined ? undefined : resolve(values.FIREDRILL_WEB_DIR),
  }),
)
