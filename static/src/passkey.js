// A form that a passkey answers: the browser is asked for one, what it says is sent.

function decoded(text) {
  const padded = text.replace(/-/g, '+').replace(/_/g, '/')
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0))
}

function encoded(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte))
  return btoa(letters.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function withBytes(options) {
  const keys = (list) => (list || []).map((key) => ({ ...key, id: decoded(key.id) }))
  const ready = { ...options, challenge: decoded(options.challenge) }
  if (options.user) ready.user = { ...options.user, id: decoded(options.user.id) }
  if (options.excludeCredentials) ready.excludeCredentials = keys(options.excludeCredentials)
  if (options.allowCredentials) ready.allowCredentials = keys(options.allowCredentials)
  return ready
}

function asText(credential) {
  const response = {}
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']
  parts.forEach((part) => {
    if (credential.response[part]) response[part] = encoded(credential.response[part])
  })
  return JSON.stringify({
    id: credential.id,
    rawId: encoded(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  })
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options)
  const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
  return answer.json()
}

export function offerPasskey(group) {
  if (!window.PublicKeyCredential) return
  const form = group.querySelector('form')
  const said = group.querySelector('[role="status"]')
  group.querySelector('[data-without]').hidden = true
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    if (form.elements.credential.value) return
    event.preventDefault()
    try {
      const publicKey = withBytes((await optionsOf(form)).publicKey)
      const make = form.dataset.make === 'create' ? 'create' : 'get'
      form.elements.credential.value = asText(await navigator.credentials[make]({ publicKey }))
      form.submit()
    } catch (problem) {
      said.textContent = group.dataset.failed
    }
  })
}
