"""A local double of the OpenWeather API: GET /data/2.5/weather?q=CITY&appid=KEY.

It needs the standard library only, and no file beside it, so all of these start it:

    python tests/weather_double.py
    python -c "$(cat tests/weather_double.py)"
    WEATHER_DOUBLE_PORT=0 python tests/weather_double.py    # a free port, printed

Cities with a behaviour of their own: `slowville` answers after 1.5 s, `nowhere` is unknown (404),
`broken` fails (500), `garbled` answers 200 with a page. A key is required; those that start with
`invalid` are refused, as the real API refuses a wrong one (401).
"""

import json
import os
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SLOW_SECONDS = 1.5
# Temperature in °C, humidity in %, wind in m/s, and what the sky looks like.
CITIES = {
    "oslo": ("Oslo", "NO", 4.2, 81, 3.1, "Clouds", "broken clouds"),
    "london": ("London", "GB", 11.6, 76, 4.6, "Rain", "light rain"),
    "nairobi": ("Nairobi", "KE", 23.4, 54, 2.9, "Clear", "clear sky"),
    "singapore": ("Singapore", "SG", 30.1, 79, 3.6, "Thunderstorm", "thunderstorm"),
    "são paulo": ("São Paulo", "BR", 19.8, 68, 2.2, "Mist", "mist"),
}


def report(city):
    """A report as OpenWeather writes it. A city that is not in the table gets the same weather each time."""
    seed = zlib.crc32(city.encode())
    made_up = (city.title(), "XX", seed % 300 / 10, 40 + seed % 50, seed % 90 / 10, "Clouds", "scattered clouds")
    name, country, celsius, humidity, wind, sky, description = CITIES.get(city, made_up)
    return {
        "coord": {"lon": seed % 360 - 180, "lat": seed % 120 - 60},
        "weather": [{"id": 800, "main": sky, "description": description, "icon": "03d"}],
        "base": "stations",
        "main": {"temp": celsius, "feels_like": round(celsius - 1.5, 1), "pressure": 1013, "humidity": humidity},
        "visibility": 10000,
        "wind": {"speed": wind, "deg": seed % 360},
        "clouds": {"all": seed % 100},
        "dt": int(time.time()),
        "sys": {"country": country},
        "timezone": 0,
        "id": seed,
        "name": name,
        "cod": 200,
    }


def answer(path):
    """(status, body) for a request's path and query."""
    url = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    city = query.get("q", "").lower()
    if url.path != "/data/2.5/weather":
        return 404, {"cod": "404", "message": "Internal error"}
    if query.get("appid", "invalid").startswith("invalid"):
        return 401, {"cod": 401, "message": "Invalid API key."}
    if not city:
        return 400, {"cod": "400", "message": "Nothing to geocode"}
    if city == "nowhere":
        return 404, {"cod": "404", "message": "city not found"}
    if city == "broken":
        return 500, {"cod": "500", "message": "Internal server error"}
    if city == "garbled":
        return 200, "<html>maintenance</html>"
    if city == "slowville":
        time.sleep(SLOW_SECONDS)
    return 200, report(city)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; without this the second may wait for the first's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self):
        status, body = answer(self.path)
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    with Server(("127.0.0.1", int(os.environ.get("WEATHER_DOUBLE_PORT", "9000"))), Handler) as server:
        print(f"weather double on http://127.0.0.1:{server.server_address[1]}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
