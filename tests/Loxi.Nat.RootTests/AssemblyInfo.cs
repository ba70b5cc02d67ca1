using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]

// Tests measure time and memory, and the machine is small.
[assembly: Parallelization(Mode = ParallelMode.None)]
