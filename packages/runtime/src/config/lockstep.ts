import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** The time keeper that a rehearsal in lockstep shares its time with. */
export type LockstepConfig = Readonly<{ control: string | undefined }>

/** `FIREDRILL_LOCKSTEP`: control URL of a simulator that was started with `--lockstep`. */
export const lockstepRoom: Room<LockstepConfig> = defineRoom(
  {
    FIREDRILL_LOCKSTEP: {
      schema: z.url({ protocol: /^http$/ }).optional(),
      remedy: 'Set it to the control URL of a simulator in lockstep, http://127.0.0.1:PORT, or leave it out',
    },
  },
  (values) => ({ control: values.FIREDRILL_LOCKSTEP }),
)
