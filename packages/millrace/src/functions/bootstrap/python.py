"""The bootstrap of Python handlers: loads the handler, then asks for work until the server goes.

Hears of its calls over the channel, as Node's bootstrap does; both have the frames of
`channel/frames.ts`. The end of the channel is the end of the server: it ends this process, also
while a handler runs.
"""

import importlib
import io
import itertools
import json
import logging
import os
import re
import resource
import select
import socket
import struct
import sys
import threading
import time
import traceback
from importlib import machinery

ROOT = os.environ["LAMBDA_TASK_ROOT"]
# For the function's own modules. Its children are not to compile Python's library anew.
CACHE = os.environ.pop("PYTHONPYCACHEPREFIX", None)
VERSION = re.search(r"python3\.(\d+)", os.environ.get("AWS_EXECUTION_ENV", ""))
IS_ASCII = VERSION is not None and int(VERSION[1]) < 12  # of answers, as AWS has it
DECIMAL_SIGN = f"decimal {os.urandom(16).hex()} "  # no handler knows it
HELD_BYTES_MAX = 65_536  # a longer answer is sent by itself; one may be too long to be taken
IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


class Channel:
    """The process's end of the channel to the server: descriptor 3, a socket without a name."""

    HEAD = struct.Struct("<IB")  # the length of what follows, which is a kind and a body
    CALL, TAKEN, AHEAD = 1, 2, 4
    READY, RESPONSE, ERROR, INIT_ERROR, ANSWERED = 1, 2, 3, 4, 8

    def __init__(self):
        self.pid = os.getpid()
        self.socket = socket.socket(fileno=3)
        for descriptor in (3, 4, 5):
            os.set_inheritable(descriptor, False)
        self.reader = self.socket.makefile("rb", 65_536)
        threading.Thread(target=self.end_with_server, daemon=True).start()

    def end_with_server(self):
        watch = select.poll()
        watch.register(3, getattr(select, "POLLRDHUP", select.POLLHUP))
        watch.poll()
        os._exit(0)

    def send(self, kind, *parts):
        if os.getpid() != self.pid:
            os._exit(1)  # a child that fell out of the handler: it answers nobody
        body = b"".join(parts)
        self.socket.sendall(self.HEAD.pack(1 + len(body), kind) + body)

    def receive_call(self):
        """The lines of the next call and its event; of one that was given ahead if it may begin."""
        while True:
            kind, body = self.receive(self.CALL, self.AHEAD)
            if kind == self.CALL:
                return body.split(b"\n", 5)
            # Unless the server has taken it back: who reads the byte has it. Its time begins now.
            if self.takes_ahead and os.read(4 + body[0], 1):
                lines = body[1:].split(b"\n", 5)
                lines[2] = b"%d" % (int(time.time() * 1000) + int(lines[2]))
                return lines

    def receive(self, *wanted):
        """The next frame of these kinds: its kind, and its body."""
        while True:
            head = self.reader.read(self.HEAD.size)
            if len(head) < self.HEAD.size:
                os._exit(0)
            length, kind = self.HEAD.unpack(head)
            body = self.reader.read(length - 1)
            if kind in wanted:
                return kind, body

    def ask_for_call(self, is_marked):
        self.takes_ahead = False
        self.send(self.READY, struct.pack("<BI", is_marked, memory_in_use() >> 10))

    def answer_and_ask(self, answer):
        """Both in one: the call has logged nothing. One that was given ahead may begin."""
        self.takes_ahead = True
        self.send(self.ANSWERED, struct.pack("<I", memory_in_use() >> 10), answer)

    def fail(self, kind, error):
        """Comes back when the server has it."""
        self.send(kind, error)
        self.receive(self.TAKEN)


class Unbuffered(io.BufferedWriter):
    """Nothing that was written is lost with a process that is killed."""

    def write(self, data):
        length = super().write(data)
        self.flush()
        return length


class Output(io.FileIO):
    """Standard output, which knows whether anything was written since the last mark."""

    has_written = False

    def write(self, data):
        self.has_written = True
        return super().write(data)

    def stream(self):
        # An error's text may hold anything, and has to come out.
        return io.TextIOWrapper(Unbuffered(self), "utf-8", "backslashreplace", write_through=True)

    def mark(self, request_id):
        """Puts a mark behind the last line of a call. False: there is no line, so no mark."""
        if not self.has_written:
            return False
        self.write(f"\0end {request_id} {memory_in_use()}\n".encode())
        self.has_written = False
        return True


class TraceVariable:
    """The variable that changes with each call, and its memory.

    The system's library keeps each value that it is given, for ever; so this is written over.
    """

    NAME = b"_X_AMZN_TRACE_ID"
    BYTES = 1024

    def __init__(self):
        try:
            import ctypes
        except ImportError:  # Python can be built without it
            self.library = None
            return
        self.memory = ctypes.create_string_buffer(self.BYTES)
        self.library = ctypes.CDLL(None)

    def set(self, trace_id):
        value = trace_id.encode()
        text = self.NAME + b"=" + value
        is_pythons = hasattr(os.environ, "_data")  # a handler may have put a dict in its place
        if self.library is None or len(text) >= self.BYTES or not is_pythons:
            os.environ[self.NAME.decode()] = trace_id
            return
        self.memory.value = text
        self.library.putenv(self.memory)  # a handler may have set another
        os.environ._data[self.NAME] = value  # what Python itself reads; it would call the library


def memory_in_use():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class LogFormatter(logging.Formatter):
    """Lambda's text form: level, time, request id, text; newlines as the log's reader takes them."""

    def format(self, record):
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        line = f"[{record.levelname}]\t{stamp(record.created)}\t{LogFormatter.request_id}\t{text}"
        return line.replace("\n", "\r")

    request_id = ""


class JsonLogFormatter(logging.Formatter):
    """Lambda's JSON form, with whatever else was given to the logger."""

    usual = set(logging.makeLogRecord({}).__dict__) | {"message", "taskName"}

    def format(self, record):
        line = {
            "timestamp": stamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(error)
            line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        if LogFormatter.request_id:
            line["requestId"] = LogFormatter.request_id
        extra = {key: value for key, value in vars(record).items() if key not in self.usual}
        return json.dumps({**extra, **line}, ensure_ascii=False, default=str)


def stamp(seconds):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"


def set_up_logging():
    log = logging.StreamHandler(sys.stdout)
    log.setFormatter(JsonLogFormatter() if IS_JSON else LogFormatter())
    root = logging.getLogger()
    root.addHandler(log)
    if IS_JSON:
        named = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        root.setLevel(named.get(level, level))


def log_failure(described):
    """An error that nobody caught: one line of the log."""
    if IS_JSON:
        line = {"timestamp": stamp(time.time()), "level": "ERROR", **described}
        print(json.dumps(line, ensure_ascii=False), file=sys.__stdout__)
        return
    lines = [f"[ERROR] {described['errorType']}: {described['errorMessage']}"]
    if described["stackTrace"]:
        lines += ["Traceback (most recent call last):", *described["stackTrace"]]
    text = "\n".join(line.rstrip("\n") for line in lines)
    print(text.replace("\n", "\r"), file=sys.__stdout__)


class OwnLoader(machinery.SourceFileLoader):
    """Compiles beside the code, which is not to change by being run, as it cannot on Lambda."""

    def get_code(self, fullname):
        sys.pycache_prefix = CACHE
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix = None


def import_own_apart():
    """Of the code and of its layers. What the machine has lies compiled where Python put it."""
    folders = [ROOT, *filter(None, os.environ.get("LAMBDA_LAYERS", "").split(os.pathsep))]
    find = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (OwnLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )

    def find_own(path):
        if not any(f"{path}/".startswith(f"{folder}/") for folder in folders):
            raise ImportError("of others")
        return find(path)

    sys.path_hooks.insert(0, find_own)
    sys.path_importer_cache.clear()  # folders of layers have been looked at


class Part:
    """Attributes of these names, from what was given; None for the others."""

    def __init__(self, names, given):
        for name in names:
            setattr(self, name, given.get(name))


CLIENT = [
    "installation_id",
    "app_title",
    "app_version_name",
    "app_version_code",
    "app_package_name",
]
IDENTITY = ["cognito_identity_id", "cognito_identity_pool_id"]


def read_client_context(text):
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html has the names."""
    given = json.loads(text)
    if given is None:
        return None
    context = Part(["custom", "env"], given)
    client = given.get("client")
    context.client = None if client is None else Part(CLIENT, client)
    return context


class Context:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
    memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
    log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]

    def __init__(self, request_id, deadline_ms, arn, client):
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.deadline_ms = int(deadline_ms)
        self.client_context = read_client_context(client) if client else None
        self.identity = Part(IDENTITY, {})  # nobody is called with one here

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline_ms - int(time.time() * 1000))

    def log(self, text):
        print(text)


class RuntimeFault(Exception):
    """What the runtime has to say of a handler, in Lambda's words."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


def describe(error, request_id=""):
    is_fault = isinstance(error, RuntimeFault)
    return {
        "errorMessage": str(error),
        "errorType": error.kind if is_fault else type(error).__name__,
        "requestId": request_id,
        "stackTrace": error.trace if is_fault else trace_of(error),
    }


def trace_of(error):
    """As in Lambda's own runtime: of this error alone, not of its causes, and without columns."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in found]
    return traceback.format_list(itertools.dropwhile(lambda frame: frame[0] == __file__, frames))


def load_handler(name):
    module, dot, attribute = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise RuntimeFault("Runtime.MalformedHandlerName", message)
    sys.path[0] = ROOT  # in place of this file's folder
    import_own_apart()
    if module.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module} as a handler module"
        raise RuntimeFault("Runtime.BuiltInModuleConflict", message)
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message)
    except SyntaxError as error:
        message = f"Syntax error in module '{module}': {error}"
        place = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message, [place])
    if not hasattr(loaded, attribute):
        message = f"Handler '{attribute}' missing on module '{module}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message)
    return getattr(loaded, attribute)


def start(channel):
    try:
        return load_handler(os.environ["_HANDLER"])
    except BaseException as error:
        described = describe(error)
        log_failure(described)
        channel.fail(channel.INIT_ERROR, json.dumps(described).encode())
        sys.exit(1)


def encode_answer(answer):
    """As JSON, in which a `Decimal` is the number that it says, and bytes are the text that they
    hold, as in Lambda's own runtime; so is `NaN`, which is no JSON.
    """
    has_decimals = False

    def encode_other(value):
        nonlocal has_decimals
        if isinstance(value, bytes):
            return value.decode()
        if not is_decimal(value):
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        has_decimals = True
        return DECIMAL_SIGN + ("NaN" if value.is_nan() else str(value))

    text = json.dumps(answer, ensure_ascii=IS_ASCII, default=encode_other)
    return re.sub(f'"{DECIMAL_SIGN}([^"]*)"', r"\1", text) if has_decimals else text


def is_decimal(value):
    decimal = sys.modules.get("decimal")  # where there are any it is there
    return decimal is not None and isinstance(value, decimal.Decimal)


def marshal(answer):
    if isinstance(answer, bytes):
        return answer  # as it is
    try:
        return encode_answer(answer).encode()
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise RuntimeFault("Runtime.MarshalError", message)


def flush_streams():
    """Those that a handler has put there keep what is written, or cannot flush at all."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def serve_call(channel, handler, output, trace_variable):
    *description, event = channel.receive_call()
    request_id, trace_id, deadline_ms, arn, client = (line.decode() for line in description)
    LogFormatter.request_id = request_id
    trace_variable.set(trace_id)
    error = None
    try:
        context = Context(request_id, deadline_ms, arn, client)
        answer = marshal(handler(json.loads(event), context))
    except Exception as raised:
        error = describe(raised, request_id)
        log_failure(error)
    flush_streams()
    if error:
        channel.fail(channel.ERROR, json.dumps(error).encode())
    elif output.has_written or len(answer) > HELD_BYTES_MAX:
        channel.send(channel.RESPONSE, answer)
    else:
        channel.answer_and_ask(answer)
        return
    channel.ask_for_call(output.mark(request_id))


def main():
    output = Output(1, "w", closefd=False)
    # Both into one, so that lines stay in the order they were written.
    sys.stdout = sys.__stdout__ = output.stream()
    sys.stderr = sys.__stderr__ = output.stream()
    set_up_logging()
    channel = Channel()
    handler = start(channel)
    trace_variable = TraceVariable()
    channel.ask_for_call(False)
    while True:
        serve_call(channel, handler, output, trace_variable)


if __name__ == "__main__":  # and not what multiprocessing makes of this file in a child
    main()
