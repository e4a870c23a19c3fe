// An auditor of a Confidant log, built on golang.org/x/mod/sumdb/note and tlog as Debian ships
// them (golang-go, golang-golang-x-mod-dev), and on nothing of Confidant.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run auditor.go VKEY LOG [PROOFS [WITNESS-VKEY]]
//
// LOG is a folder or an http(s) address with `checkpoint` and `tile/` below. It verifies the
// signature, reads every tile through tlog.TileHashReader (which authenticates them against the
// signed root), and re-hashes every entry. PROOFS is a folder with `checkpoint-SIZE` (earlier
// checkpoints), `inclusion-INDEX-SIZE` and `consistency-OLD-SIZE` (one hash a line): each is
// checked, and compared with the proof that tlog makes from the tiles.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "auditor:", err)
		os.Exit(1)
	}
}

func read(log, path string) ([]byte, error) {
	if !strings.HasPrefix(log, "http://") && !strings.HasPrefix(log, "https://") {
		return os.ReadFile(filepath.Join(log, filepath.FromSlash(path)))
	}
	answer, err := http.Get(strings.TrimSuffix(log, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// tiles reads tiles of height 8 for tlog, which names the height in its paths; C2SP does not.
type tiles struct{ log string }

func (tiles) Height() int { return 8 }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := read(t.log, path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// witness verifies cosignature/v1, which x/mod of Debian 12 does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	check(err)
	data, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if data[0] != 4 {
		check(fmt.Errorf("not a cosignature key"))
	}
	return &witness{parts[0], uint32(hash), data[1:]}
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, msg)
	return ed25519.Verify(w.key, []byte(text), sig[8:])
}

// open verifies a checkpoint and reads its text.
func open(data []byte, known note.Verifiers, name string) (tlog.Tree, int) {
	n, err := note.Open(data, known)
	check(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != name || lines[3] != "" {
		check(fmt.Errorf("not a checkpoint of %s: %q", name, n.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}, len(n.Sigs)
}

// entries re-hashes every entry against the leaf hashes, which were authenticated.
func entries(log string, tree tlog.Tree, reader tlog.HashReader) (int64, int64) {
	var bytes int64
	for at := int64(0); at < tree.N; at += 256 {
		width := tree.N - at
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: at / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := read(log, path)
		check(err)
		bytes += int64(len(data))
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at+i))
		}
		hashes, err := reader.ReadHashes(indexes)
		check(err)
		for i := int64(0); i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				check(fmt.Errorf("%s: too short", path))
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			if tlog.RecordHash(data[2:end]) != hashes[i] {
				check(fmt.Errorf("entry %d is not the one that was signed", at+i))
			}
			data = data[end:]
		}
		if len(data) != 0 {
			check(fmt.Errorf("%s: too long", path))
		}
	}
	return tree.N, bytes
}

func hashes(file string) []tlog.Hash {
	data, err := os.ReadFile(file)
	check(err)
	var all []tlog.Hash
	for _, line := range strings.Fields(string(data)) {
		hash, err := tlog.ParseHash(line)
		check(err)
		all = append(all, hash)
	}
	return all
}

func same(ours, theirs []tlog.Hash, name string) {
	equal := len(ours) == len(theirs)
	for i := 0; equal && i < len(ours); i++ {
		equal = ours[i] == theirs[i]
	}
	if !equal {
		check(fmt.Errorf("%s: tlog makes another proof from the tiles", name))
	}
}

func proofs(folder, log string, known note.Verifiers, name string) (int, int, int) {
	trees := map[int64]tlog.Tree{}
	early, err := filepath.Glob(filepath.Join(folder, "checkpoint-*"))
	check(err)
	for _, file := range early {
		data, err := os.ReadFile(file)
		check(err)
		tree, _ := open(data, known, name)
		trees[tree.N] = tree
	}
	included, err := filepath.Glob(filepath.Join(folder, "inclusion-*"))
	check(err)
	for _, file := range included {
		var index, size int64
		_, err := fmt.Sscanf(filepath.Base(file), "inclusion-%d-%d", &index, &size)
		check(err)
		tree := trees[size]
		reader := tlog.TileHashReader(tree, tiles{log})
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		check(err)
		proof := hashes(file)
		check(tlog.CheckRecord(proof, size, tree.Hash, index, leaf[0]))
		again, err := tlog.ProveRecord(size, index, reader)
		check(err)
		same(proof, again, file)
	}
	consistent, err := filepath.Glob(filepath.Join(folder, "consistency-*"))
	check(err)
	for _, file := range consistent {
		var old, size int64
		_, err := fmt.Sscanf(filepath.Base(file), "consistency-%d-%d", &old, &size)
		check(err)
		proof := hashes(file)
		check(tlog.CheckTree(proof, size, trees[size].Hash, old, trees[old].Hash))
		again, err := tlog.ProveTree(size, old, tlog.TileHashReader(trees[size], tiles{log}))
		check(err)
		same(proof, again, file)
	}
	return len(early), len(included), len(consistent)
}

func main() {
	if len(os.Args) < 3 {
		check(fmt.Errorf("usage: auditor VKEY LOG [PROOFS [WITNESS-VKEY]]"))
	}
	vkey, log := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	check(err)
	list := []note.Verifier{verifier}
	if len(os.Args) > 4 {
		list = append(list, newWitness(os.Args[4]))
	}
	known := note.VerifierList(list...)
	data, err := read(log, "checkpoint")
	check(err)
	tree, signatures := open(data, known, verifier.Name())
	count, bytes := entries(log, tree, tlog.TileHashReader(tree, tiles{log}))
	fmt.Printf("log %s: size %d, root %s\n", verifier.Name(), tree.N, hex.EncodeToString(tree.Hash[:]))
	fmt.Printf("signatures %d, entries re-hashed %d, bytes %d\n", signatures, count, bytes)
	if len(os.Args) > 3 {
		early, included, consistent := proofs(os.Args[3], log, known, verifier.Name())
		fmt.Printf("checkpoints %d, inclusion proofs %d, consistency proofs %d\n", early, included, consistent)
	}
}
