// The larger map: loaded on its own page only, which shows the server's outline without it.
import { control, geoJSON, map, tileLayer } from 'leaflet/dist/leaflet-src.esm.js'

import './map.css'

const OUTLINE = { color: '#12436d', weight: 3, fillOpacity: 0.15, interactive: false }
const CLOSEST = 19

async function draw(root) {
  const { tiles, outline, zoomIn, zoomOut } = root.dataset
  const answer = await fetch(outline)
  if (!answer.ok) return
  const area = geoJSON(await answer.json(), { style: OUTLINE })
  root.hidden = false
  // The wheel scrolls the page: whoever wants to be closer has buttons and keys.
  const view = map(root.querySelector('.portal-tiles'), {
    attributionControl: false,
    maxZoom: CLOSEST,
    scrollWheelZoom: false,
    zoomControl: false
  })
  view.fitBounds(area.getBounds())
  control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(view)
  // Our pages name no referrer to other hosts; makers of maps ask for the site's name.
  tileLayer(tiles, { referrerPolicy: 'strict-origin-when-cross-origin' }).addTo(view)
  area.addTo(view)
}

document.querySelectorAll('[data-module="portal-map"]').forEach(draw)
