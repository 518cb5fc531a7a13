import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'
import { urlWith } from './variables.ts'

/** Where evidence is kept. */
export type EvidenceConfig = Readonly<
  | { in: 'postgres' }
  | {
      in: 's3'
      bucket: string
      region: string
      endpoint: string | undefined
      prefix: string
      keys: Readonly<{ accessKeyId: string; secretAccessKey: string }> | undefined
    }
>

const text = z.string().trim().min(1).max(1000).optional()

/** `FIREDRILL_EVIDENCE_BUCKET` and what goes with it; without it evidence is kept in PostgreSQL. */
export const evidenceRoom: Room<EvidenceConfig> = defineRoom(
  {
    FIREDRILL_EVIDENCE_BUCKET: {
      schema: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
        .optional(),
      remedy:
        'Set it to the name of an S3 bucket for evidence, or leave it out to keep evidence in PostgreSQL',
    },
    FIREDRILL_EVIDENCE_REGION: {
      schema: text,
      remedy: "Set it to the bucket's Region, for example eu-west-1",
    },
    FIREDRILL_EVIDENCE_ENDPOINT: {
      schema: urlWith('http', 'https').optional(),
      remedy: "Set it to the address of a store that speaks S3, or leave it out for AWS's own",
    },
    FIREDRILL_EVIDENCE_PREFIX: {
      schema: z
        .string()
        .regex(/^(?:\w[\w.-]*\/)+$/)
        .default('firedrill/'),
      remedy: 'Set it to what every key begins with, ending with a slash, or leave it out for firedrill/',
    },
    FIREDRILL_EVIDENCE_KEY_ID: {
      schema: text,
      remedy:
        'Set it together with FIREDRILL_EVIDENCE_SECRET, or leave both out to use the role of this host',
    },
    FIREDRILL_EVIDENCE_SECRET: {
      schema: text,
      remedy:
        'Set it together with FIREDRILL_EVIDENCE_KEY_ID, or leave both out to use the role of this host',
    },
  },
  (values, refuse) => {
    const { FIREDRILL_EVIDENCE_BUCKET: bucket, FIREDRILL_EVIDENCE_REGION: region } = values
    const { FIREDRILL_EVIDENCE_KEY_ID: accessKeyId, FIREDRILL_EVIDENCE_SECRET: secretAccessKey } = values
    if (bucket === undefined) return { in: 'postgres' }
    if (region === undefined)
      return refuse(
        'FIREDRILL_EVIDENCE_REGION',
        'is not set, but FIREDRILL_EVIDENCE_BUCKET is',
        "Set it to the bucket's Region, for example eu-west-1",
      )
    if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
      return refuse(
        accessKeyId === undefined ? 'FIREDRILL_EVIDENCE_KEY_ID' : 'FIREDRILL_EVIDENCE_SECRET',
        'is not set, but the other half of the pair is',
        'Set both, or leave both out to use the role of this host',
      )
    return {
      in: 's3',
      bucket,
      region,
      endpoint: values.FIREDRILL_EVIDENCE_ENDPOINT,
      prefix: values.FIREDRILL_EVIDENCE_PREFIX,
      keys:
        accessKeyId === undefined || secretAccessKey === undefined
          ? undefined
          : { accessKeyId, secretAccessKey },
    }
  },
)
