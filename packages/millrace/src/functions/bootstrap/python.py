"""The bootstrap of Python handlers: loads the handler, then asks for work until the server goes.

Speaks the Lambda Runtime API with the standard library alone. The end of the watching connection is
the end of the server: it ends this process, also while a handler runs.
"""

import http.client
import importlib
import json
import logging
import os
import resource
import socket
import sys
import threading
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
ROOT = os.environ["LAMBDA_TASK_ROOT"]
PREFIX = "/2018-06-01/runtime/"
IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


def watch_server():
    host, port = API.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.recv(1)
    os._exit(0)


class RuntimeApi:
    """One connection, one request at a time."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(API)

    def request(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        self.connection.request(method, PREFIX + path, body, headers)
        response = self.connection.getresponse()
        return response.headers, response.read()


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
        print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    lines = [f"[ERROR] {described['errorType']}: {described['errorMessage']}"]
    if described["stackTrace"]:
        lines += ["Traceback (most recent call last):", *described["stackTrace"]]
    text = "\n".join(line.rstrip("\n") for line in lines)
    print(text.replace("\n", "\r"), flush=True)


class Context:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = json.loads(client) if client else None
        identity = headers.get("Lambda-Runtime-Cognito-Identity")
        self.identity = json.loads(identity) if identity else None

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline_ms - int(time.time() * 1000))


class RuntimeFault(Exception):
    """What the runtime has to say of a handler, in Lambda's words; it has no trace."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def describe(error, request_id=""):
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    is_fault = isinstance(error, RuntimeFault)
    trace = [line for line in lines[1:-1] if "bootstrap/python.py" not in line]
    return {
        "errorMessage": str(error),
        "errorType": error.kind if is_fault else type(error).__name__,
        "requestId": request_id,
        "stackTrace": [] if is_fault else trace,
    }


def load_handler(name):
    module, dot, attribute = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise RuntimeFault("Runtime.MalformedHandlerName", message)
    sys.path.insert(0, ROOT)
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message)
    except SyntaxError as error:
        message = f"Syntax error in module '{module}': {error}"
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message)
    if not hasattr(loaded, attribute):
        message = f"Handler '{attribute}' missing on module '{module}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message)
    return getattr(loaded, attribute)


def start(api):
    try:
        return load_handler(os.environ["_HANDLER"])
    except BaseException as error:
        described = describe(error)
        log_failure(described)
        api.request("POST", "init/error", json.dumps(described))
        sys.exit(1)


def marshal(answer):
    try:
        return json.dumps(answer)
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise RuntimeFault("Runtime.MarshalError", message)


def serve_call(api, handler):
    headers, body = api.request("GET", "invocation/next")
    context = Context(headers)
    LogFormatter.request_id = context.aws_request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
    outcome = "response"
    try:
        answer = marshal(handler(json.loads(body), context))
    except Exception as error:
        outcome = "error"
        described = describe(error, context.aws_request_id)
        log_failure(described)
        answer = json.dumps(described)
    sys.stderr.flush()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"\0end {context.aws_request_id} {memory}", flush=True)
    api.request("POST", f"invocation/{context.aws_request_id}/{outcome}", answer)


def main():
    threading.Thread(target=watch_server, daemon=True).start()
    set_up_logging()
    sys.stderr = sys.stdout  # one stream, so that lines stay in the order they were written
    api = RuntimeApi()
    handler = start(api)
    while True:
        serve_call(api, handler)


main()
