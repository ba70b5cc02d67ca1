using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]
[assembly: Parallelization(Mode = ParallelMode.None)]
