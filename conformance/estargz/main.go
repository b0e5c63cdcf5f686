// Makes an eStargz layer of a tar, as stargz-snapshotter itself does, and prints the digest of its table of contents.
//	estargz TAR LAYER CHUNK_BYTES
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/containerd/stargz-snapshotter/estargz"
)

func main() {
	tar, err := os.Open(os.Args[1])
	check(err)
	status, err := tar.Stat()
	check(err)
	chunk, err := strconv.Atoi(os.Args[3])
	check(err)
	blob, err := estargz.Build(io.NewSectionReader(tar, 0, status.Size()), estargz.WithChunkSize(chunk))
	check(err)
	out, err := os.Create(os.Args[2])
	check(err)
	_, err = io.Copy(out, blob)
	check(err)
	check(blob.Close())
	check(out.Close())
	fmt.Println(blob.TOCDigest())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
