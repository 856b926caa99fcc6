"""The emulator's quick hands on a node: terminals, processes, signals, sockets and host names, all over one stream.

A frame, either way, is the length of its payload (4 bytes, big-endian), a letter, the number of its channel (4 bytes) and
the payload.

To the node:   o open (JSON)    s start the terminal's process    d input    e no more input    x close
               c room for that much more output (4 bytes)    w columns and rows (2 bytes each)    k signal (its name)
               l listen at a path (JSON)
From the node: r ready    l listens (JSON)    o opened (JSON)    d output    D standard error    e no more output
               c that much input was taken (4 bytes)    x has ended (JSON), the last of its channel

Neither side sends more than WINDOW bytes on a channel ahead of the other's `c`, so that a slow channel costs no memory and
holds up no other. When the stream ends, so does everything. Runs on Python 3.9.

The stream is the standard input and output at first. The emulator may come to the path, past the engine: it hears the token
that it has told, and the first that it sends moves the stream there.
"""

import collections
import contextlib
import errno
import fcntl
import grp
import io
import itertools
import json
import os
import pwd
import re
import resource
import selectors
import signal
import socket
import stat
import struct
import termios
import time

HEADER = struct.Struct(">IcI")
COUNT = struct.Struct(">I")
SIZE = struct.Struct(">HH")
WINDOW = 256 * 1024
CHUNK = 64 * 1024
# Processes that are looked at before others have their turn: each takes some ten microseconds.
SCANNED_AT_ONCE = 64
MARK = re.compile(rb"^Max msgqueue size +(\S+) +(\S+)", re.MULTILINE)
# Output that waits for the stream; nothing is read while there is more.
MAX_BACKLOG = 1024 * 1024
GATHER_SECONDS = 0.001
GATHERED_AT_MOST = CHUNK // 2
TYPED_AT_MOST = 64

selector = selectors.DefaultSelector()
channels = {}
children = {}
# Channels that do their work in steps.
busy = collections.deque()
open_files = resource.getrlimit(resource.RLIMIT_NOFILE)


class Link:
    """The stream to the emulator."""

    def __init__(self):
        self.input = bytearray()
        self.output = collections.deque()
        self.backlog = 0
        self.is_watched = False
        self.held = []
        self.gathered = []
        self.gathered_for = None
        self.output_left_at = 0.0
        self.due = None
        self.listener = None
        os.set_blocking(1, False)
        selector.register(0, selectors.EVENT_READ, self.receive)

    def listen(self, path, token):
        try:
            listener = socket.socket(socket.AF_UNIX)
            mask = os.umask(0o177)
            try:
                listener.bind(path)
            finally:
                os.umask(mask)
            listener.listen(1)
        except OSError as error:
            self.send_json(b"l", 0, failure_of(error))
            return
        self.listener = listener
        selector.register(listener, selectors.EVENT_READ, lambda _events: self.admit(token))
        self.send_json(b"l", 0, {})

    def stop_listening(self):
        if self.listener:
            listener, self.listener = self.listener, None
            selector.unregister(listener)
            with contextlib.suppress(OSError):
                os.unlink(listener.getsockname())
            listener.close()

    def admit(self, token):
        with contextlib.suppress(OSError):
            guest, _ = self.listener.accept()
            selector.register(guest, selectors.EVENT_READ, lambda _events: self.move_to(guest))
            guest.sendall(token.encode())
        self.stop_listening()

    def move_to(self, guest):
        """Who has left again is not followed."""
        selector.unregister(guest)
        has_spoken = b""
        with contextlib.suppress(OSError):
            has_spoken = guest.recv(1, socket.MSG_PEEK)
        if has_spoken:
            selector.unregister(0)
            os.dup2(guest.fileno(), 0)
            os.dup2(guest.fileno(), 1)
            os.set_blocking(1, False)
            selector.register(0, selectors.EVENT_READ, self.receive)
        guest.close()

    def send_output(self, letter, number, payload):
        if self.gathered_for != (letter, number):
            self.emit()
            self.gathered_for = (letter, number)
        self.gathered.append(payload)
        self.backlog += len(payload)
        # A flood comes in small pieces, of which much goes at once; what comes after a silence goes now.
        self.leave_by(self.output_left_at + GATHER_SECONDS)

    def emit(self):
        """Makes one frame of what was gathered."""
        if self.gathered:
            payload = b"".join(self.gathered)
            self.gathered = []
            self.backlog -= len(payload)
            self.output_left_at = time.monotonic()
            self.put(*self.gathered_for, payload)

    def send(self, letter, number, payload=b""):
        self.emit()
        self.put(letter, number, payload)
        self.leave_by(0)

    def send_taken(self, number, count):
        """Of a key that was typed it goes with the echo, which it would only hold up."""
        self.emit()
        self.put(b"c", number, COUNT.pack(count))
        self.leave_by(time.monotonic() + GATHER_SECONDS if count <= TYPED_AT_MOST else 0)

    def put(self, letter, number, payload):
        self.output.append(HEADER.pack(len(payload), letter, number))
        if payload:
            self.output.append(payload)
        self.backlog += HEADER.size + len(payload)

    def send_json(self, letter, number, value):
        self.send(letter, number, json.dumps(value).encode())

    def is_full(self):
        return self.backlog >= MAX_BACKLOG

    def leave_by(self, due):
        self.due = due if self.due is None else min(self.due, due)

    def patience(self):
        """For how many seconds what is there may wait for more; None where nothing waits."""
        if self.due is None:
            return None
        return 0 if self.backlog >= GATHERED_AT_MOST else max(0, self.due - time.monotonic())

    def flush(self, _events=0):
        self.emit()
        self.due = None
        while self.output:
            try:
                count = os.writev(1, [self.output[i] for i in range(min(len(self.output), 64))])
            except BlockingIOError:
                break
            self.backlog -= count
            while self.output and count >= len(self.output[0]):
                count -= len(self.output.popleft())
            if count:
                self.output[0] = memoryview(self.output[0])[count:]
        if self.is_watched != bool(self.output):
            self.is_watched = not self.is_watched
            if self.is_watched:
                selector.register(1, selectors.EVENT_WRITE, self.flush)
            else:
                selector.unregister(1)
        if not self.is_full():
            held, self.held = self.held, []
            for pipe in held:
                pipe.go_on()

    def receive(self, _events):
        received = os.read(0, 4 * CHUNK)
        if not received:
            shut_down()
        self.input += received
        position = 0
        while len(self.input) - position >= HEADER.size:
            length, letter, number = HEADER.unpack_from(self.input, position)
            start = position + HEADER.size
            if len(self.input) < start + length:
                break
            position = start + length
            on_frame(letter, number, bytes(memoryview(self.input)[start:position]))
        del self.input[:position]


class Pipe:
    """A file that is read while its channel has room, and written while there is input for it."""

    def __init__(self, file, channel, letter):
        self.file = file
        self.fd = file.fileno()
        self.channel = channel
        self.letter = letter
        self.input = collections.deque()
        self.is_reading = True
        self.is_held = False
        self.events = 0
        os.set_blocking(self.fd, False)
        self.watch()

    def watch(self):
        events = 0
        if self.is_reading and not self.is_held:
            events |= selectors.EVENT_READ
        if self.input:
            events |= selectors.EVENT_WRITE
        if events == self.events:
            return
        if self.events == 0:
            selector.register(self.fd, events, self.on_events)
        elif events == 0:
            selector.unregister(self.fd)
        else:
            selector.modify(self.fd, events, self.on_events)
        self.events = events

    def on_events(self, events):
        if events & self.events & selectors.EVENT_WRITE:
            self.write()
        if events & self.events & selectors.EVENT_READ:
            self.read()

    def read(self):
        if not self.is_reading or self.is_held:
            return
        room = min(self.channel.room, CHUNK)
        if link.is_full() or room == 0:
            self.is_held = True
            if room > 0:
                link.held.append(self)
            self.watch()
            return
        pieces, size, has_ended, failure = [], 0, False, None
        while size < room and not has_ended:
            try:
                piece = os.read(self.fd, room - size)
                has_ended = not piece
                pieces.append(piece)
                size += len(piece)
            except BlockingIOError:
                has_ended = self.channel.is_over
                break
            except OSError as error:
                has_ended, failure = True, error
        if size > 0:
            self.channel.room -= size
            link.send_output(self.letter, self.channel.number, b"".join(pieces))
        if has_ended:
            self.is_reading = False
            self.watch()
            self.channel.on_output_end(failure)

    def go_on(self):
        if not self.is_held:
            return
        self.is_held = False
        self.watch()
        # Where others hold the file open, nothing may ever come.
        if self.channel.is_over:
            self.read()

    def write(self):
        taken, failure = 0, None
        while self.input:
            first = self.input[0]
            try:
                count = os.write(self.fd, first)
            except BlockingIOError:
                break
            except OSError as error:
                failure = error
                taken += sum(map(len, self.input))
                self.input.clear()
                break
            taken += count
            if count == len(first):
                self.input.popleft()
            else:
                self.input[0] = memoryview(first)[count:]
        if taken:
            link.send_taken(self.channel.number, taken)
        self.watch()
        if failure:
            self.channel.on_input_failure(failure)

    def close(self):
        self.is_reading = False
        self.input.clear()
        self.watch()
        self.file.close()


class Channel:
    """What all channels have; those that lack something are not asked for it."""

    def __init__(self, number):
        self.number = number
        self.room = WINDOW
        self.pipes = []
        # No more output comes than what is there already.
        self.is_over = False

    def on_credit(self, count):
        self.room += count
        for pipe in self.pipes:
            pipe.go_on()

    def on_input(self, data):
        self.pipes[0].input.append(data)
        self.pipes[0].write()

    def on_input_failure(self, _error):
        pass

    def end(self, value):
        link.send_json(b"x", self.number, value)
        self.close()

    def close(self):
        for pipe in self.pipes:
            pipe.close()
        channels.pop(self.number, None)


class Terminal(Channel):
    """A process on a terminal, whose first input is there before the process."""

    def open(self, request):
        master, slave = os.openpty()
        file = io.FileIO(master)
        try:
            self.pid, self.door = spawn(request, [slave, slave, slave], is_on_terminal=True)
        except BaseException:
            file.close()
            raise
        finally:
            os.close(slave)
        children[self.pid] = self
        self.pipes = [Pipe(file, self, b"d")]
        link.send_json(b"o", self.number, {"pid": self.pid})

    def on_start(self):
        try:
            self.door.send(b"s")
        except OSError:
            # Somebody killed it already.
            pass
        self.door.close()

    def on_size(self, columns, rows):
        fcntl.ioctl(self.pipes[0].fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def on_death(self, _status):
        self.is_over = True
        self.pipes[0].read()

    def on_output_end(self, _failure):
        self.end({})

    def close(self):
        self.door.close()
        super().close()


class Process(Channel):
    """A process with pipes for its output."""

    exit = None

    def open(self, request):
        self.is_joined = request.get("joinOutput", True)
        ends = [os.pipe() for _ in ("d" if self.is_joined else "dD")]
        files = [io.FileIO(end[0]) for end in ends]
        null = os.open("/dev/null", os.O_RDWR)
        try:
            self.pid, door = spawn(request, [null, ends[0][1], ends[-1][1]])
            door.close()
        except BaseException:
            for file in files:
                file.close()
            raise
        finally:
            for fd in [null] + [end[1] for end in ends]:
                os.close(fd)
        children[self.pid] = self
        link.send_json(b"o", self.number, {"pid": self.pid})
        self.pipes = [Pipe(file, self, letter) for file, letter in zip(files, (b"d", b"D"))]

    def on_signal(self, number):
        if self.exit is None:
            os.kill(self.pid, number)

    def on_death(self, status):
        if os.WIFSIGNALED(status):
            self.exit = {"signal": signal_name(os.WTERMSIG(status))}
        else:
            self.exit = {"code": os.WEXITSTATUS(status)}
        # As with a file for the output; apart, the outputs end when nobody has them any more, as the agent's pipes do.
        self.is_over = self.is_joined
        if self.is_over:
            self.pipes[0].read()
        self.end_if_over()

    def on_output_end(self, _failure):
        self.end_if_over()

    def end_if_over(self):
        if self.number in channels and self.exit is not None and not any(pipe.is_reading for pipe in self.pipes):
            self.end({"exit": self.exit})


class Identity(Channel):
    """What is known of an OS user, told at once."""

    def open(self, request):
        link.send_json(b"d", self.number, identity(request["user"]))
        self.end({})


class Signal(Channel):
    """A signal to all processes with one of these marks, or to the first of a session alone; tells which there were."""

    def open(self, request):
        name = request["signal"]
        self.signal = 0 if name == "0" else signal.Signals[name]
        self.marks = set(map(encoded, request["marks"]))
        leader = request.get("leader")
        self.pids = iter(filter(str.isdigit, os.listdir("/proc")) if leader is None else [str(leader)])
        self.found = []
        busy.append(self)

    def step(self):
        if self.number not in channels:
            return
        pids = list(itertools.islice(self.pids, SCANNED_AT_ONCE))
        for pid in pids:
            mark = mark_of(pid, self.marks)
            if mark is not None:
                self.tell(pid, mark)
        if len(pids) == SCANNED_AT_ONCE:
            busy.append(self)
            return
        link.send_json(b"d", self.number, self.found)
        self.end({})

    def tell(self, pid, mark):
        try:
            state = content("/proc/%s/stat" % pid).rpartition(b") ")[2][:1]
            self.found.append("%s %s" % (state.decode(), mark.decode()))
            if self.signal:
                os.kill(int(pid), self.signal)
        except OSError:
            # It is gone, and no session's any more.
            pass


class Connection(Channel):
    """A TCP connection."""

    is_input_over = False

    def open(self, request):
        family, kind, protocol, _, address = socket.getaddrinfo(
            request["address"], request["port"], type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]
        self.socket = socket.socket(family, kind, protocol)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = self.socket.connect_ex(address)
        if code not in (0, errno.EINPROGRESS):
            self.socket.close()
            raise OSError(code, os.strerror(code))
        selector.register(self.socket, selectors.EVENT_WRITE, self.on_connect)

    def on_connect(self, _events):
        if self.number not in channels:
            return
        selector.unregister(self.socket)
        code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != 0:
            self.end(failure_of(OSError(code, os.strerror(code))))
            return
        link.send_json(b"o", self.number, {})
        self.pipes = [Pipe(self.socket, self, b"d")]

    def on_input_end(self):
        # The emulator says so once all was taken.
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def on_output_end(self, failure):
        if failure:
            self.end(failure_of(failure))
        else:
            link.send(b"e", self.number)

    def on_input_failure(self, error):
        if self.number in channels:
            self.end(failure_of(error))

    def close(self):
        if not self.pipes and self.socket.fileno() in selector.get_map():
            selector.unregister(self.socket)
        super().close()
        self.socket.close()


KINDS = {
    "terminal": Terminal,
    "process": Process,
    "look-up": Process,
    "identity": Identity,
    "signal": Signal,
    "connection": Connection,
}


def on_frame(letter, number, payload):
    if letter == b"o":
        # Who opens something without having come will not come.
        link.stop_listening()
        open_channel(number, json.loads(payload))
        return
    if letter == b"l":
        link.listen(**json.loads(payload))
        return
    channel = channels.get(number)
    if channel is None:
        return
    if letter == b"d":
        channel.on_input(payload)
    elif letter == b"c":
        channel.on_credit(COUNT.unpack(payload)[0])
    elif letter == b"e":
        channel.on_input_end()
    elif letter == b"s":
        channel.on_start()
    elif letter == b"w":
        channel.on_size(*SIZE.unpack(payload))
    elif letter == b"k":
        channel.on_signal(signal.Signals[payload.decode()])
    elif letter == b"x":
        channel.close()


def open_channel(number, request):
    channel = KINDS[request["kind"]](number)
    channels[number] = channel
    try:
        channel.open(request)
    except Exception as error:
        del channels[number]
        link.send_json(b"x", number, failure_of(error))


def failure_of(error):
    """Never an exception's own words where the system has some."""
    if isinstance(error, Refusal):
        return {"failure": error.args[0]}
    code = errno.errorcode.get(getattr(error, "errno", None), "EINVAL")
    name = getattr(error, "filename", None)
    text = os.strerror(getattr(errno, code))
    return {"failure": {"code": code, "message": text if name is None else "%s: %s" % (os.fsdecode(name), text)}}


class Refusal(Exception):
    """A failure that a child has described."""


def spawn(request, files, is_on_terminal=False):
    """Starts a child. Its door is open when it can run; on a terminal it waits behind it. Returns its id and the door."""
    path = None if "host" in request else find_program(request)
    door, inner = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        door.close()
        run_child(request, path, files, inner, is_on_terminal)
    inner.close()
    answer = door.recv(4096)
    if answer not in (b"", b"."):
        os.waitpid(pid, 0)
        door.close()
        raise Refusal(json.loads(answer)["failure"])
    return pid, door


def run_child(request, path, files, door, is_on_terminal):
    """Becomes the program, or at least ends."""
    is_behind_door = False
    try:
        prepare(request, files, is_on_terminal)
        if path is None:
            door.close()
            os.write(1, json.dumps(look_up(request["host"])).encode())
            os._exit(0)
        if is_on_terminal:
            door.send(b".")
            if not door.recv(1):
                os._exit(0)
            is_behind_door = True
        environment = {encoded(name): encoded(value) for name, value in request["environment"].items()}
        os.execve(path, [encoded(word) for word in request["argv"]], environment)
    except BaseException as error:
        failure = failure_of(error)
        if is_behind_door:
            os.write(2, ("%s\n" % failure["failure"]["message"]).encode())
        else:
            door.send(json.dumps(failure).encode())
    finally:
        os._exit(126)


def prepare(request, files, is_on_terminal):
    """Leaves nothing of this process to the child, and its rights last; Python closes what else is open."""
    if "mark" in request:
        resource.setrlimit(resource.RLIMIT_MSGQUEUE, (request["mark"], request["mark"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, open_files)
    signal.set_wakeup_fd(-1)
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.setsid()
    if is_on_terminal:
        fcntl.ioctl(files[0], termios.TIOCSCTTY, 0)
    for number, fd in enumerate(files):
        os.dup2(fd, number)
    os.umask(0o022)
    credential = request.get("credential")
    if credential is not None:
        os.setgroups(credential["groups"])
        os.setresgid(*[credential["gid"]] * 3)
        os.setresuid(*[credential["uid"]] * 3)
    if "workingDirectory" in request:
        os.chdir(encoded(request["workingDirectory"]))


def find_program(request):
    """As root, like the agent. @see Go's os/exec, LookPath"""
    name = encoded(request["argv"][0])
    start = encoded(request["workingDirectory"])
    if b"/" in name:
        path = os.path.join(start, name)
        mode = os.stat(path).st_mode
        if not is_program(mode):
            raise PermissionError(errno.EACCES, "", path)
        return path
    search_path = encoded(request["environment"].get("PATH", ""))
    for folder in search_path.split(b":") if search_path else ():
        path = os.path.join(start, folder, name)
        try:
            if is_program(os.stat(path).st_mode):
                return path
        except OSError:
            pass
    raise FileNotFoundError(errno.ENOENT, "", name)


def is_program(mode):
    return stat.S_ISREG(mode) and mode & 0o111 != 0


def look_up(host):
    try:
        flags = socket.AI_V4MAPPED | socket.AI_ADDRCONFIG
        found = socket.getaddrinfo(encoded(host), None, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError, ValueError):
        found = []
    return list(dict.fromkeys(entry[4][0] for entry in found))


def mark_of(pid, marks):
    """The hard limit tells, unless a process has lowered it below the mark; then the soft one may."""
    try:
        soft, hard = MARK.search(content("/proc/%s/limits" % pid)).groups()
    except (OSError, AttributeError):
        return None
    return hard if hard in marks else soft if soft in marks else None


def content(path):
    with open(path, "rb", buffering=0) as file:
        return file.read()


def identity(name):
    """What `id`, `id -u` and `id -g` say of a name; nothing when it is nobody's. @see coreutils, id.c and mgetgroups.c"""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return []
    groups = []
    for group in os.getgrouplist(name, entry.pw_gid):
        if not groups or group not in (groups[0], groups[-1]):
            groups.append(group)
    uid = "uid=%s" % numbered(entry.pw_uid, lambda: pwd.getpwuid(entry.pw_uid).pw_name)
    gid, *others = [numbered(group, lambda: grp.getgrgid(group).gr_name) for group in [entry.pw_gid] + groups]
    return ["%s gid=%s groups=%s" % (uid, gid, ",".join(others)), str(entry.pw_uid), str(entry.pw_gid)]


def numbered(number, name):
    try:
        return "%d(%s)" % (number, name())
    except KeyError:
        return str(number)


def encoded(text):
    data = text.encode("utf-8", "replace")
    if b"\0" in data:
        raise ValueError("a NUL")
    return data


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIG%d" % number


def on_child_signal(_events):
    os.read(wake, 4096)
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        channel = children.pop(pid, None)
        if channel is not None and channel.number in channels:
            channel.on_death(status)


def shut_down():
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    os._exit(0)


os.chdir("/")
resource.setrlimit(resource.RLIMIT_NOFILE, (open_files[1], open_files[1]))
wake, waker = os.pipe()
for end in (wake, waker):
    os.set_blocking(end, False)
signal.set_wakeup_fd(waker)
# Whatever this process started with; what it handles itself, a program that it becomes does not.
ignored = [number for number in signal.valid_signals() if signal.getsignal(number) == signal.SIG_IGN]
signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
selector.register(wake, selectors.EVENT_READ, on_child_signal)
link = Link()
link.send(b"r", 0)
while True:
    if link.patience() == 0:
        link.flush()
    for key, events in selector.select(0 if busy else link.patience()):
        key.data(events)
    for _ in range(len(busy)):
        busy.popleft().step()
