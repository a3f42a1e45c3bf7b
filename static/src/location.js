// "Use my location": the page works without it, so its button is hidden until we are here.
const VAGUE_M = 100 // beyond that the answer could be another team
const DECIMALS = 4 // about 10 metres; the rest never leaves the device
const PATIENCE = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 }

export function offerLocation(root) {
  if (!navigator.geolocation || !window.isSecureContext) return
  const say = (what) =>
    root.querySelectorAll('[data-say]').forEach((text) => {
      text.hidden = text.dataset.say !== what
    })

  const found = ({ coords }) => {
    if (coords.accuracy > VAGUE_M) return say('vague')
    const lat = coords.latitude.toFixed(DECIMALS)
    const lng = coords.longitude.toFixed(DECIMALS)
    window.location.assign(`${root.dataset.find}?lat=${lat}&lng=${lng}`)
  }

  root.querySelector('button').addEventListener('click', () => {
    say('asking')
    navigator.geolocation.getCurrentPosition(found, () => say('refused'), PATIENCE)
  })
  // Whoever comes back by the browser's button finds nothing half done.
  window.addEventListener('pageshow', () => say(''))
  root.hidden = false
}
