import { REACHES, type Reach } from '@firedrill/core'
import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** How far events may be sent. */
export type WebhookConfig = Readonly<{ reach: Reach }>

/** `FIREDRILL_WEBHOOK_REACH`. Whoever may make a webhook must not be able to talk to what only this machine can reach. */
export const webhookRoom: Room<WebhookConfig> = defineRoom(
  {
    FIREDRILL_WEBHOOK_REACH: {
      schema: z.enum(REACHES).default('public'),
      remedy:
        "Set it to private for receivers in one's own network, or loopback for some on this machine; leave it out for public ones alone",
    },
  },
  ({ FIREDRILL_WEBHOOK_REACH: reach }) => ({ reach }),
)
