package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// place is where a cluster's files are and who owns them.
type place struct {
	data       string
	socket     string
	user       string
	credential *syscall.Credential // Nil when this process is already unprivileged.
}

// serverUser is who runs the server when this process is root, which PostgreSQL refuses.
const serverUser = "postgres"

// findPlace decides on folders and owner, and makes the folders.
func findPlace(dir string) (place, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, fmt.Errorf("cluster: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return place{}, fmt.Errorf("cluster: %w", err)
	}
	p := place{data: filepath.Join(dir, "data"), socket: socketDir(dir)}
	if os.Geteuid() != 0 {
		current, err := user.Current()
		if err != nil {
			return place{}, fmt.Errorf("cluster: who am I: %w", err)
		}
		p.user = current.Username
		return p, p.makeFolders()
	}
	owner, err := user.Lookup(serverUser)
	if err != nil {
		return place{}, fmt.Errorf("%w: no user %q", ErrNotInstalled, serverUser)
	}
	if p.credential, err = credential(owner); err != nil {
		return place{}, err
	}
	p.user = serverUser
	if !reachable(dir) {
		p.data = filepath.Join(owner.HomeDir, "gridwatch-"+fingerprint(dir))
		if err := link(p.data, filepath.Join(dir, "data")); err != nil {
			return place{}, err
		}
	}
	return p, p.makeFolders()
}

// socketDir is short, because a socket's path may have 107 bytes at most, and the same for every start.
func socketDir(dir string) string {
	return filepath.Join("/tmp", fmt.Sprintf("gridwatch-%d-%s", os.Geteuid(), fingerprint(dir)))
}

func fingerprint(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:5])
}

func credential(u *user.User) (*syscall.Credential, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("cluster: uid of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("cluster: gid of %s: %w", u.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// reachable reports whether any user may walk from the root to dir.
func reachable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == "/" {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

func link(target, name string) error {
	if old, err := os.Readlink(name); err == nil && old == target {
		return nil
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cluster: %w", err)
	}
	if err := os.Symlink(target, name); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}

func (p place) makeFolders() error {
	for _, dir := range []string{p.data, p.socket} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if p.credential != nil {
			if err := os.Chown(dir, int(p.credential.Uid), int(p.credential.Gid)); err != nil {
				return fmt.Errorf("cluster: %w", err)
			}
		}
		info, err := os.Lstat(dir)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; !info.IsDir() || int(owner) != p.ownerID() {
			return fmt.Errorf("cluster: %s is not a folder of user %s", dir, p.user)
		}
	}
	return nil
}

func (p place) ownerID() int {
	if p.credential != nil {
		return int(p.credential.Uid)
	}
	return os.Geteuid()
}

// initialise makes the data folder's content once. A folder left half-made by an interrupted start is made again.
func (p place) initialise(ctx context.Context, bin string) error {
	if _, err := os.Stat(filepath.Join(p.data, "gridwatch.initialised")); err == nil {
		return nil
	}
	entries, err := os.ReadDir(p.data)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(p.data, e.Name())); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"),
		"-D", p.data, "-U", p.user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential, Pdeathsig: syscall.SIGTERM}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cluster: initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if err := os.WriteFile(filepath.Join(p.data, "gridwatch.initialised"), nil, 0o644); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}

// Remove deletes what Start made for dir. The cluster must not be running.
func Remove(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	paths := []string{socketDir(dir), dir}
	if target, err := os.Readlink(filepath.Join(dir, "data")); err == nil &&
		strings.HasSuffix(target, "gridwatch-"+fingerprint(dir)) {
		paths = append(paths, target)
	}
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
	}
	return nil
}

// tailWriter keeps the last bytes that were written.
type tailWriter struct {
	mu   sync.Mutex
	text []byte
	max  int
}

func (w *tailWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if extra := len(w.text) - w.max; extra > 0 {
		w.text = append(w.text[:0], w.text[extra:]...)
	}
	return len(p), nil
}

func (w *tailWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}
