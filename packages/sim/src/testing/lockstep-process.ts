import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { EC2Client, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import * as packet from 'dns-packet'
import type { SimulatorEndpoints } from '../server.ts'
import { SIMULATOR_ACCESS_KEY_ID, SIMULATOR_SECRET_ACCESS_KEY } from '../wire/credentials.ts'
import { joinAsMember, type LockstepMember } from './lockstep-member.ts'

/** What the parent hands over. */
export type LockstepTask = {
  readonly role: 'visitor' | 'operator'
  readonly endpoints: SimulatorEndpoints
  readonly instanceIds: readonly string[]
  readonly minutes: number
}

const NAME = 'checkout.larkspur.example'
const STOP_AT_SECONDS = 60
const START_AFTER_SECONDS = 300

/** A request a second through resolver and gateway; one letter for each: what it met. */
const visit = async (task: LockstepTask, member: LockstepMember): Promise<string> => {
  const udp = createSocket('udp4')
  let seen = ''
  for (let second = 0; second < task.minutes * 60; second += 1) {
    const address = await resolve(udp, task.endpoints.dns.recursive[1]?.address ?? '')
    seen += address === undefined ? 'x' : await ask(task.endpoints.gateway, address, member)
    await member.wait(1)
  }
  udp.close()
  return seen
}

const resolve = async (udp: UdpSocket, server: string): Promise<string | undefined> => {
  const [host, port] = server.split(':')
  const query = packet.encode({ type: 'query', id: 7, questions: [{ name: NAME, type: 'A' }] })
  udp.send(query, Number(port), host)
  const [bytes] = (await once(udp, 'message')) as [Buffer]
  const first = packet.decode(bytes).answers?.find(({ type }) => type === 'A')
  return first?.type === 'A' ? first.data : undefined
}

/** The first digit of the status. A balancer that waits for a dead target answers after ten world seconds. */
const ask = async (gateway: string, address: string, member: LockstepMember): Promise<string> => {
  const socket = connect(Number(new URL(gateway).port), '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8')
  socket.write(`CONNECT ${address}:80 HTTP/1.1\r\nhost: ${address}:80\r\n\r\n`)
  socket.on('data', (chunk: string) => (text += chunk))
  await once(socket, 'data')
  socket.write(`GET / HTTP/1.1\r\nhost: ${NAME}\r\nconnection: close\r\n\r\n`)
  await member.hold(socket.localPort ?? 0, once(socket, 'close'))
  return /HTTP\/1\.1 (\d)\d\d (?!Connection)/.exec(text)?.[1] ?? '-'
}

/** Stops the instances after a minute and starts them again five minutes later. */
const operate = async (task: LockstepTask, member: LockstepMember): Promise<string> => {
  const ec2 = new EC2Client({
    region: 'eu-west-1',
    endpoint: task.endpoints.aws,
    credentials: { accessKeyId: SIMULATOR_ACCESS_KEY_ID, secretAccessKey: SIMULATOR_SECRET_ACCESS_KEY },
  })
  const InstanceIds = [...task.instanceIds]
  await member.wait(STOP_AT_SECONDS)
  await ec2.send(new StopInstancesCommand({ InstanceIds }))
  await member.wait(START_AFTER_SECONDS)
  await ec2.send(new StartInstancesCommand({ InstanceIds }))
  await member.wait(task.minutes * 60 - STOP_AT_SECONDS - START_AFTER_SECONDS)
  ec2.destroy()
  return 'done'
}

const task = JSON.parse(process.argv[2] ?? '{}') as LockstepTask
const member = await joinAsMember(task.endpoints.control, task.role)
process.stdout.write('joined\n')
const result = task.role === 'visitor' ? await visit(task, member) : await operate(task, member)
await member.leave()
process.stdout.write(`${result}\n`)
