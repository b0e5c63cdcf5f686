// Reads a SARIF 2.1.0 document from standard input and says what its JSON Schema finds wrong with it. The schema is in
// the source of the go-sarif module.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"
)

// schema finds the string in the module's file schema.go.
func schema() string {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		panic(err)
	}
	path := filepath.Join(strings.TrimSpace(string(dir)), "pkg/report/v210/sarif/schema.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		panic(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err = strconv.Unquote(literal.Value)
		}
		return true
	})
	if err != nil || text == "" {
		panic("no schema in " + path)
	}
	return text
}

func main() {
	document, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema()), gojsonschema.NewBytesLoader(document))
	if err != nil {
		panic(err)
	}
	for _, problem := range result.Errors() {
		fmt.Println(problem)
	}
}
