using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]

// The tests count descriptors of the process and make namespaces: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
