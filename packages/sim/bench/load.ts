import { createHash, createHmac } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { Agent, request } from 'node:http'
import * as packet from 'dns-packet'
import { SIMULATOR_ACCESS_KEY_ID, SIMULATOR_SECRET_ACCESS_KEY } from '../src/wire/credentials.ts'

const CONNECTIONS = 8
const OUTSTANDING_QUERIES = 64
const BODY = 'Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3Arare&Filter.1.Value.1=yes'

/** Asks for ten instances by tag for some seconds, over a few connections, and returns how many answers came. */
export const describeByTag = async (endpoint: string, seconds: number): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const until = performance.now() + seconds * 1000
  let count = 0
  const headers = signed(new URL(endpoint).host)
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const answer = await post(endpoint, agent, headers)
      if (!answer.includes('</DescribeInstancesResponse>')) throw new Error(answer.slice(0, 500))
      count += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  agent.destroy()
  return count
}

const post = (endpoint: string, agent: Agent, headers: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const asking = request(endpoint, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    asking.on('error', reject)
    asking.end(BODY)
  })

/** One signature holds for minutes and for the same request; the simulator verifies it every time. */
const signed = (host: string): Record<string, string> => {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const scope = `${date.slice(0, 8)}/eu-west-1/ec2/aws4_request`
  const type = 'application/x-www-form-urlencoded; charset=utf-8'
  const names = 'content-type;host;x-amz-date'
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\n\n${names}\n${hash(BODY)}`
  const key = [date.slice(0, 8), 'eu-west-1', 'ec2', 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${SIMULATOR_SECRET_ACCESS_KEY}`,
  )
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`)
    .digest('hex')
  return {
    'content-type': type,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${SIMULATOR_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

/** Keeps queries for one name outstanding for some seconds and returns how many answers came. */
export const askForAnswers = async (resolver: string, seconds: number): Promise<number> => {
  const [host, port] = resolver.split(':')
  const socket = createSocket('udp4')
  const question = { name: 'checkout.larkspur.example', type: 'A' } as const
  const query = packet.encode({ type: 'query', id: 7, questions: [question] })
  const until = performance.now() + seconds * 1000
  let count = 0
  socket.on('message', () => {
    count += 1
    if (performance.now() < until) socket.send(query, Number(port), host)
  })
  for (let sent = 0; sent < OUTSTANDING_QUERIES; sent += 1) socket.send(query, Number(port), host)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 100))
  socket.close()
  return count
}
