// Makes a zstd:chunked layer of a tar, as Podman, Buildah and Skopeo do (containers/storage), and prints its annotations.
//	zstdchunked < TAR > LAYER 2> ANNOTATIONS
package main

import (
	"encoding/json"
	"io"
	"os"

	"github.com/containers/storage/pkg/chunked/compressor"
)

func main() {
	annotations := map[string]string{}
	layer, err := compressor.ZstdCompressor(os.Stdout, annotations, nil)
	check(err)
	_, err = io.Copy(layer, os.Stdin)
	check(err)
	check(layer.Close())
	check(json.NewEncoder(os.Stderr).Encode(annotations))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
