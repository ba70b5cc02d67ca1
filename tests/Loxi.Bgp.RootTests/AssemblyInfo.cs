using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]

// Labs share the machine's two processors.
[assembly: Parallelization(Mode = ParallelMode.None)]
