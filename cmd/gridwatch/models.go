package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"gridwatch/vision/infer"
)

// runModels makes the detector and its runtime from the npm packages that carry them.
func runModels(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("models", flag.ContinueOnError)
	model := flags.String("model", "", "package `FILE` of @vladmandic/human")
	runtime := flags.String("runtime", "", "package `FILE` of sherpa-onnx")
	dir := flags.String("out", "var/models", "`FOLDER` for the detector and its runtime")
	size := flags.Int("size", 0, "make a second detector that looks at pictures of `N`×N pixels, a multiple of 32: smaller is cheaper, larger sees farther")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := infer.Prepare(ctx, *model, *runtime, *dir); err != nil {
		return err
	}
	fmt.Fprintln(out, "the detector is ready in", *dir)
	if *size == 0 {
		return nil
	}
	path, err := infer.PrepareSize(ctx, *dir, *dir, *size)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "for pictures of %d×%d: detector: {model: %s, input: %d}\n", *size, *size, path, *size)
	return nil
}
