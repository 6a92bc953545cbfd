package bus

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a NATS server inside this process.
type embedded struct {
	server *server.Server
	lock   *os.File // Keeps a second process out of the folder, whose files would be spoiled.
}

func embed(dir string, log *slog.Logger) (*embedded, error) {
	if dir == "" {
		return nil, errors.New("dir: must name a folder when no url is given")
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	ns, err := server.NewServer(embeddedOptions(dir))
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("embedded server: %w", err)
	}
	ns.SetLoggerV2(serverLog{log}, false, false, false)
	e := &embedded{server: ns, lock: lock}
	ns.Start()
	if !ns.ReadyForConnections(startTimeout) {
		e.close()
		return nil, fmt.Errorf("embedded server: not ready after %s", startTimeout)
	}
	return e, nil
}

func (e *embedded) close() {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	e.lock.Close() // Closing gives the lock back.
}

func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("folder %s is used by another process: %w", dir, err)
	}
	return lock, nil
}

// serverLog writes what the embedded server says to the program's log. Its notices are many and say little.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) {
	l.log.Debug("nats: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Warnf(format string, v ...any)  { l.log.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Fatalf(format string, v ...any) { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Errorf(format string, v ...any) { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l serverLog) Debugf(format string, v ...any) {}
func (l serverLog) Tracef(format string, v ...any) {}
