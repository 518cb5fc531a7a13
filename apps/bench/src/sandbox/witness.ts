import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@firedrill/local'

const run = promisify(execFile)

/** The simulator's only credentials; they open nothing else. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'FIREDRILLSIM', AWS_SECRET_ACCESS_KEY: 'firedrill-simulator-secret' }

/** One record set as the AWS CLI prints it, with every field that Route 53 gave. */
export type RecordSet = Readonly<{ Name: string; Type: string }> & Readonly<Record<string, unknown>>

/**
 * All record sets of a zone, asked of the simulator with the AWS CLI of this machine: a client that shares nothing
 * with the platform. @throws Error with what the CLI said.
 */
export async function listRecordSets(awsUrl: string, zone: string): Promise<readonly RecordSet[]> {
  const program = findTool('awscli')
  if (program === null) throw new Error('the AWS CLI is not installed')
  const { stdout } = await run(
    program,
    [
      'route53',
      'list-resource-record-sets',
      '--hosted-zone-id',
      zone,
      '--endpoint-url',
      awsUrl,
      '--region',
      'us-east-1',
      '--output',
      'json',
      '--no-cli-pager',
    ],
    {
      env: {
        PATH: process.env['PATH'],
        ...CREDENTIALS,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
      },
    },
  )
  return (JSON.parse(stdout) as { ResourceRecordSets: readonly RecordSet[] }).ResourceRecordSets
}

type Witness = Readonly<{
  /** World time of the answer in microseconds. */
  at: number
  zone: string
  records: readonly (Readonly<{ name: string; type: string }> & Readonly<Record<string, unknown>>)[]
}>

/** What the simulator itself knows of its record sets, told on the port that only tests and people read. */
export async function witnessRecordSets(controlUrl: string): Promise<Witness> {
  const answer = await fetch(`${controlUrl}/world`)
  const { at, zones, recordSets } = (await answer.json()) as {
    at: number
    zones: readonly { id: string }[]
    recordSets: Witness['records']
  }
  const [zone] = zones
  if (zone === undefined) throw new Error('the simulated world has no zone')
  return { at, zone: zone.id, records: recordSets }
}

/** A mutating call as the simulator's own log has it. `outcome` is `ok` or the error code. */
export type LoggedMutation = Readonly<{
  service: string
  operation: string
  summary: string
  outcome: string
  userAgent: string
}>

/** The simulator's own log of mutating calls, oldest first. */
export async function loggedMutations(controlUrl: string): Promise<readonly LoggedMutation[]> {
  const answer = await fetch(`${controlUrl}/mutations`)
  return (await answer.json()) as readonly LoggedMutation[]
}
