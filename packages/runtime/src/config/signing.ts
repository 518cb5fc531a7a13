import { resolve } from 'node:path'
import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** The key that reports are signed with; undefined: one of the installation's own, in its state directory. */
export type SigningConfig = Readonly<{ keyFile: string | undefined }>

/** `FIREDRILL_SIGNING_KEY`: for several API processes, which all have to sign with the same key. */
export const signingRoom: Room<SigningConfig> = defineRoom(
  {
    FIREDRILL_SIGNING_KEY: {
      schema: z.string().min(1).optional(),
      remedy:
        'Set it to a file with an Ed25519 private key in PEM, or leave it out for one of its own in the state directory',
    },
  },
  ({ FIREDRILL_SIGNING_KEY: path }) => ({ keyFile: path === undefined ? undefined : resolve(path) }),
)
