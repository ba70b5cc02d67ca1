using System.Runtime.CompilerServices;
using FluentAssertions;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class SharedHeaderTests
{
    [Fact]
    public void CommittedMirrors_AreWhatTheHeaderSays()
    {
        var library = Path.Combine(RepositoryRoot(), "src", "Loxi.Nat");
        var header = SharedHeader.Parse(File.ReadAllText(Path.Combine(library, "bpf", "loxi_shared.h")));
        header.Structs.Should().HaveCountGreaterThan(10);
        var expected = MirrorWriter.Write(header);
        var mirrors = Path.Combine(library, "Tables", "Shared.g.cs");
        if (Environment.GetEnvironmentVariable("LOXI_UPDATE_MIRRORS") == "1")
        {
            File.WriteAllText(mirrors, expected);
        }

        File.ReadAllText(mirrors).Should().Be(expected, "the mirrors are generated: run this test with LOXI_UPDATE_MIRRORS=1");
    }

    [Fact]
    public void Layout_KeepsWhatTheDesignPromises()
    {
        var header = SharedHeader.Parse(File.ReadAllText(Path.Combine(RepositoryRoot(), "src", "Loxi.Nat", "bpf", "loxi_shared.h")));
        int SizeOf(string name) => header.Structs.Single(s => s.Name == name).Size;
        SizeOf("flow_key4").Should().Be(16);
        SizeOf("flow_key6").Should().Be(40);
        SizeOf("flow").Should().BeLessThanOrEqualTo(112);
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
