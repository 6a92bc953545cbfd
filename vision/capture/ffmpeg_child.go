package capture

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// child is a process that does not outlive this one.
type child struct {
	stdout *os.File // Read end; takes deadlines.
	said   *tail
	pid    int
	kill   func()
	done   chan struct{} // Closed when the process is gone and all it said is in said.
	once   sync.Once
}

func startChild(program string, args []string, input string) (*child, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c := &child{stdout: read, said: &tail{}, done: make(chan struct{})}
	command := exec.Command(program, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), write, c.said
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"} // Nothing that is secret here is secret there.
	// An own group, so that Ctrl-C reaches it through us; killed when the thread that started it dies.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.kill = func() { command.Process.Kill() }

	started := make(chan error)
	go func() {
		runtime.LockOSThread() // The signal comes when the thread dies, not the process; so the thread stays until the end.
		defer runtime.UnlockOSThread()
		err := command.Start()
		write.Close()
		started <- err
		if err == nil {
			command.Wait() // How it ended is in what it said.
			close(c.done)
		}
	}()
	if err := <-started; err != nil {
		read.Close()
		return nil, err
	}
	c.pid = command.Process.Pid
	return c, nil
}

// end kills the process and waits until it is gone.
func (c *child) end() {
	c.once.Do(func() {
		c.kill()
		<-c.done
		c.stdout.Close()
	})
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const tailBytes = 2 << 10

func (t *tail) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, data...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append([]byte(nil), t.kept[over:]...)
	}
	return len(data), nil
}

// String returns the last three lines, joined.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
