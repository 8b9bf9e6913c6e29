// Writes the SDK for one language, as the language host beside an official CLI does for `pulumi package add`:
// sdk LANGUAGE SCHEMA FOLDER
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The schema refers to no other package.
type noLoader struct{ schema.ReferenceLoader }

func main() {
	language, file, folder := os.Args[1], os.Args[2], os.Args[3]
	text, err := os.ReadFile(file)
	check(err)
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	// The CLI does these two for a plugin that comes from GitHub.
	spec.Namespace = "postfix-relay"
	pkg, err := schema.ImportSpec(spec, nil, noLoader{}, schema.ValidationOptions{})
	check(err)
	pkg.SupportPack = true

	var files map[string][]byte
	if language == "go" {
		files, err = golang.GeneratePackage("pulumi", pkg, nil)
	} else {
		files, err = python.GeneratePackage("pulumi", pkg, nil, noLoader{})
	}
	check(err)
	for name, content := range files {
		path := filepath.Join(folder, name)
		check(os.MkdirAll(filepath.Dir(path), 0o755))
		check(os.WriteFile(path, content, 0o644))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
