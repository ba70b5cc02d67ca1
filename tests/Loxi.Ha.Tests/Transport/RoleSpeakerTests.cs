using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

/// <summary>What a speaker does without other nodes.</summary>
public sealed class RoleSpeakerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-ha-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task NumberOfTheRun_IsOnDisk_BeforeSettingsAreInForce()
    {
        for (var run = 0; run < 20; run++)
        {
            await using var speaker = new RoleSpeaker(new RoleSpeakerOptions { StateDirectory = _directory });
            await speaker.ApplyAsync(new RoleSpeakerSettings { NodeId = 0, Source = RoleSource.External, Groups = [new RoleGroup("a")] }, TestContext.Current.CancellationToken);

            var stored = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_directory, "ha.state"), TestContext.Current.CancellationToken))!;

            ((ulong)stored["incarnation"]!).Should().Be((await speaker.ReadStatusAsync()).Incarnation);
        }
    }

    [Fact]
    public async Task DiskThatCannotBeWritten_BlocksNobody()
    {
        var inTheWay = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);
        await using var speaker = new RoleSpeaker(new RoleSpeakerOptions { StateDirectory = inTheWay });

        await speaker.ApplyAsync(new RoleSpeakerSettings { NodeId = 0, Source = RoleSource.External, Groups = [new RoleGroup("a")] }, TestContext.Current.CancellationToken);

        (await speaker.ReadStatusAsync()).Groups.Should().ContainSingle();
    }
}
