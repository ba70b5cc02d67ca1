using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using FluentAssertions;
using Xunit;

namespace Loxi.Ebpf.Native.Tests;

/// <summary>Runs build/Loxi.Ebpf.Native.targets in a bare project with a compiler of the test's own, so clang need not be installed.</summary>
[SupportedOSPlatform("linux")]
public sealed class BuildTargetsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-targets-").FullName;

    public BuildTargetsTests()
    {
        Write("bpf/x.bpf.c", "#include \"x.h\"\n");
        Write("bpf/x.h", "#define X 1\n");
        WriteCompiler(version: "19.1.7");
        WriteProject("""<BpfProgram Include="bpf/x.bpf.c" /><BpfProgram Include="bpf/x.bpf.c" Defines="TC;V6" OutputName="x_tc" />""");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void FirstBuild_CompilesEachItemAndEmbedsIt()
    {
        string output = Build();
        output.Should().Contain("embedded: x.bpf.o;x_tc.bpf.o");
        Compilations().Should().HaveCount(2);
        Compilations()[0].Should().Contain("-O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Werror").And.Contain("-c").And.Contain("bpf/x.bpf.c").And.NotContain("-DTC");
        Compilations()[1].Should().Contain("-DTC -DV6").And.Contain("x_tc.bpf.o");
    }

    [Fact]
    public void NothingChanged_CompilesNothingAndStillEmbeds()
    {
        Build();
        Build().Should().Contain("embedded: x.bpf.o;x_tc.bpf.o");
        Compilations().Should().HaveCount(2);
    }

    [Fact]
    public void HeaderChanged_CompilesAgain()
    {
        Build();
        File.SetLastWriteTimeUtc(Path.Combine(_directory, "bpf/x.h"), File.GetLastWriteTimeUtc(Path.Combine(_directory, "obj/bpf/x_tc.bpf.o")).AddSeconds(2));
        Build();
        Compilations().Should().HaveCount(4);
    }

    [Fact]
    public void DefinesChanged_CompilesAgain()
    {
        Build();
        WriteProject("""<BpfProgram Include="bpf/x.bpf.c" Defines="OTHER" />""");
        Build().Should().Contain("embedded: x.bpf.o");
        Compilations()[^1].Should().Contain("-DOTHER");
    }

    [Fact]
    public void CompilerFails_ItsLineIsABuildError()
    {
        WriteCompiler(version: "19.1.7", failure: "bpf/x.bpf.c:3:5: error: unknown type name 'u99'");
        Build(expectSuccess: false).Should().MatchRegex(@"bpf/x\.bpf\.c\(3,5\): error \w+: unknown type name 'u99'");
    }

    [Fact]
    public void CompilerTooOld_IsAnErrorWhenNamedByTheUser()
    {
        WriteCompiler(version: "13.0.1");
        Build(expectSuccess: false).Should().Contain("expected clang of version 14 or later");
    }

    [Fact]
    public void NoCompiler_LeavesTheObjectsOutWithOneMessage()
    {
        string output = Build(withCompiler: false);
        output.Should().Contain("embedded: .");
        output.Split("eBPF objects are left out").Should().HaveCount(2);
    }

    private static string TargetsPath([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../src/Loxi.Ebpf.Native/build/Loxi.Ebpf.Native.targets"));

    private void Write(string name, string content)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private void WriteProject(string items) => Write("x.proj", $"""
        <Project>
          <PropertyGroup><IntermediateOutputPath>obj/</IntermediateOutputPath></PropertyGroup>
          <ItemGroup>{items}</ItemGroup>
          <Import Project="{TargetsPath()}" />
          <Target Name="Show" DependsOnTargets="LoxiEmbedBpf"><Message Importance="high" Text="embedded: @(EmbeddedResource->'%(LogicalName)')." /></Target>
        </Project>
        """);

    private void WriteCompiler(string version, string? failure = null)
    {
        string end = failure is null ? "" : $"echo \"{failure}\" >&2; exit 1";
        Write("cc", $"""
            #!/bin/sh
            if [ "$1" = -dumpversion ]; then echo {version}; exit 0; fi
            echo "$*" >> {_directory}/calls
            while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo object > "$2"; fi; shift; done
            {end}
            """);
        File.SetUnixFileMode(Path.Combine(_directory, "cc"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string[] Compilations() => File.ReadAllLines(Path.Combine(_directory, "calls"));

    private string Build(bool expectSuccess = true, bool withCompiler = true)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } self && Path.GetFileName(self) == "dotnet" ? self : "dotnet")
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
        };
        string[] arguments = ["msbuild", "x.proj", "-t:Show", "-nologo", "-v:n", "-nr:false", .. withCompiler ? new[] { $"-p:ClangPath={_directory}/cc" } : []];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (!withCompiler)
        {
            // A directory with the few tools that the search needs, and no clang.
            Directory.CreateDirectory(Path.Combine(_directory, "bin"));
            foreach (string tool in new[] { "sh", "cut", "head", "uname" })
            {
                File.CreateSymbolicLink(Path.Combine(_directory, "bin", tool), File.Exists($"/usr/bin/{tool}") ? $"/usr/bin/{tool}" : $"/bin/{tool}");
            }

            start.FileName = FindOnPath(start.FileName);
            start.Environment["PATH"] = Path.Combine(_directory, "bin");
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        (process.ExitCode == 0).Should().Be(expectSuccess, output);
        return output;
    }

    private static string FindOnPath(string name)
        => Path.IsPathRooted(name) ? name : Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(d => Path.Combine(d, name)).First(File.Exists);
}
