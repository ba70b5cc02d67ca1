using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]

// Tests count the descriptors of the process: they must not run beside each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
