"""Eclipse Paho's Python client, driven by lines of JSON: see remote-client.ts.

Speaks to versions 1 and 2 of the library.
"""

import json
import sys
import threading
from urllib.parse import urlparse

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PROTOCOLS = {3: mqtt.MQTTv31, 4: mqtt.MQTTv311, 5: mqtt.MQTTv5}

# Properties as remote-client.ts names them.
NAMES = {
    "contentType": "ContentType",
    "responseTopic": "ResponseTopic",
    "correlationData": "CorrelationData",
    "messageExpiryInterval": "MessageExpiryInterval",
    "userProperties": "UserProperty",
}

output_lock = threading.Lock()


def say(line):
    with output_lock:
        print(json.dumps(line), flush=True)


def to_properties(packet_type, given):
    properties = Properties(packet_type)
    for name, value in given.items():
        if name == "correlationData":
            value = value.encode()
        if name == "userProperties":
            value = [tuple(pair) for pair in value]
        setattr(properties, NAMES[name], value)
    return properties


def from_properties(properties):
    found = {}
    for name, theirs in NAMES.items():
        value = getattr(properties, theirs, None)
        if value is not None:
            found[name] = value.decode() if isinstance(value, bytes) else value
    return found


class Client:
    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.is_mqtt5 = options["version"] == 5
        self.pending = {}
        self.early = {}
        self.lock = threading.Lock()
        self.connecting = None
        url = urlparse(options["url"])
        settings = {
            "client_id": options["clientId"],
            "protocol": PROTOCOLS[options["version"]],
            "transport": "websockets" if url.scheme == "ws" else "tcp",
        }
        if not self.is_mqtt5:
            settings["clean_session"] = options["cleanStart"]
        if hasattr(mqtt, "CallbackAPIVersion"):
            settings["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
        self.client = mqtt.Client(**settings)
        self.address = (url.hostname, url.port)
        if url.scheme == "ws":
            self.client.ws_set_options(path=url.path)
        if "tls" in options:
            tls = options["tls"]
            self.client.tls_set(tls["ca"], tls["certificate"], tls["key"])
        self.client.reconnect_delay_set(min_delay=1, max_delay=1)
        if "will" in options:
            will = options["will"]
            self.client.will_set(will["topic"], will["payload"], will["qos"], will["retain"])
        self.client.on_connect = self.on_connect
        self.client.on_disconnect = self.on_disconnect
        self.client.on_message = self.on_message
        self.client.on_subscribe = self.on_subscribe
        self.client.on_publish = self.on_publish

    def tell(self, event):
        say({"client": self.name, **event})

    def connect(self, number):
        self.connecting = number
        settings = {}
        if self.is_mqtt5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = self.options["sessionExpirySeconds"]
            settings["properties"] = properties
            settings["clean_start"] = self.options["cleanStart"]
        self.client.connect(*self.address, keepalive=30, **settings)
        self.client.loop_start()

    def subscribe(self, number, filter, qos):
        with self.lock:
            _, packet_id = self.client.subscribe(filter, qos)
            self.wait_for(("subscribe", packet_id), number)

    def publish(self, number, topic, payload, qos, retain, properties=None):
        given = to_properties(PacketTypes.PUBLISH, properties or {}) if self.is_mqtt5 else None
        with self.lock:
            info = self.client.publish(topic, payload, qos, retain, properties=given)
            self.wait_for(("publish", info.mid), number)

    def disconnect(self, number):
        self.client.disconnect()
        self.client.loop_stop()
        say({"id": number, "ok": {}})

    # An answer may be quicker than the call that it belongs to, so both sides look for the other.
    def wait_for(self, key, number):
        if key in self.early:
            say({"id": number, "ok": self.early.pop(key)})
        else:
            self.pending[key] = number

    def answer(self, key, result):
        with self.lock:
            number = self.pending.pop(key, None)
            if number is None:
                self.early[key] = result
            else:
                say({"id": number, "ok": result})

    def on_connect(self, _client, _userdata, flags, code, _properties=None):
        present = bool(flags["session present"])
        number, self.connecting = self.connecting, None
        if number is None:
            self.tell({"event": "back", "sessionPresent": present})
        elif int(getattr(code, "value", code)) == 0:
            say({"id": number, "ok": {"sessionPresent": present}})
        else:
            say({"id": number, "error": f"refused: {code}"})

    def on_disconnect(self, _client, _userdata, code, _properties=None):
        self.tell({"event": "closed", "reason": int(getattr(code, "value", code))})

    def on_subscribe(self, _client, _userdata, packet_id, granted, _properties=None):
        self.answer(("subscribe", packet_id), {"granted": int(getattr(granted[0], "value", granted[0]))})

    def on_publish(self, _client, _userdata, packet_id):
        self.answer(("publish", packet_id), {})

    def on_message(self, _client, _userdata, message):
        properties = from_properties(message.properties) if self.is_mqtt5 else {}
        self.tell(
            {
                "event": "message",
                "topic": message.topic,
                "payload": message.payload.decode(),
                "qos": message.qos,
                "retain": bool(message.retain),
                "properties": properties,
            }
        )


clients = {}
for line in sys.stdin:
    command = json.loads(line)
    verb = command.pop("do")
    number = command.pop("id")
    name = command.pop("client")
    try:
        if verb == "open":
            clients[name] = Client(name, command["options"])
            say({"id": number, "ok": {}})
        else:
            getattr(clients[name], verb)(number, **command)
    except Exception as error:
        say({"id": number, "error": f"{type(error).__name__}: {error}"})
