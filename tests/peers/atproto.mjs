// Bluesky's own network in small, by its makers' development environment: a directory of accounts (PLC), a server with
// repositories (PDS) and the view of the network (AppView), on free ports of this machine; two accounts. Prints one line of JSON when
// it is ready and runs until it is killed. Wants DB_POSTGRES_URL and REDIS_HOST.
import net from 'node:net'

// The environment listens on every interface; here only this machine may call.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  if (typeof given[0] === 'number') {
    if (typeof given[1] === 'string') given[1] = '127.0.0.1'
    else given.splice(1, 0, '127.0.0.1')
  } else if (given[0] && typeof given[0] === 'object' && 'port' in given[0]) {
    given[0] = { ...given[0], host: '127.0.0.1' }
  }
  return listen.apply(this, given)
}

const { TestNetwork } = await import('@atproto/dev-env')
const [plc, pds, view, ozone] = process.argv.slice(2).map(Number)
const network = await TestNetwork.create({
  plc: { port: plc },
  pds: { port: pds, hostname: 'localhost' },
  bsky: { port: view, dbPostgresSchema: 'bsky' },
  ozone: { port: ozone, dbPostgresSchema: 'ozone' },
})
const address = `http://127.0.0.1:${pds}`

async function call(name, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`${address}/xrpc/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const told = { address }
for (const name of ['roads', 'pema']) {
  const account = { email: `${name}@mail.test`, handle: `${name}.test`, password: crypto.randomUUID() }
  const { accessJwt } = await call('com.atproto.server.createAccount', account)
  const { password } = await call('com.atproto.server.createAppPassword', { name: 'tests' }, accessJwt)
  told[name] = { handle: account.handle, password }
}
console.log(JSON.stringify(told))
