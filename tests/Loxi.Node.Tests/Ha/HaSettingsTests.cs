using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class HaSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-ha-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NodesThatDecide_AndGroups_AreToldAsTheFlagsSay()
    {
        var peer = new RolePeer(0) { Paths = [new RolePath(IPAddress.Parse("192.0.2.1"))] };
        var options = new NodeOptions { PortSlice = new PortSlice(1, 2), Ha = new HaOptions { Peers = [peer], Interval = TimeSpan.FromMilliseconds(50), Multiplier = 4 } };

        var settings = HaSettings.Make(options, new HaModel { Peers = [peer] }, [new VipGroup("a", [], true, 1), new VipGroup("b", [], false, 2)], null);

        settings.Should().BeEquivalentTo(new { NodeId = 1, Slices = 2, Source = RoleSource.Peers, Interval = TimeSpan.FromMilliseconds(50), Multiplier = 4, AliveAhead = default(TimeSpan?) });
        settings.Peers.Should().Equal(peer);
        settings.Groups.Should().Equal(new RoleGroup("a") { SharedLink = true }, new RoleGroup("b") { SharedLink = false });
        RoleSpeakerValidator.Validate(settings).Should().BeEmpty();
    }

    [Fact]
    public void WithoutOtherNodes_AControllerDecides() =>
        HaSettings.Make(new NodeOptions(), new HaModel(), [], null).Source.Should().Be(RoleSource.External);

    [Theory]
    [InlineData(120, 120)]
    [InlineData(0, null)]
    public void GracefulRestart_KeepsForwardingForTheRestartTime(int seconds, int? ahead) =>
        HaSettings.Make(new NodeOptions(), new HaModel(), [], TimeSpan.FromSeconds(seconds)).AliveAhead.Should().Be(ahead is { } time ? TimeSpan.FromSeconds(time) : null);

    [Fact]
    public void Keys_AreReadAndEnforced_UnlessTheFlagsSayOtherwise()
    {
        var path = Path.Combine(_directory, "keys");
        File.WriteAllText(path, $"1 {new string('a', 64)}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);

        HaSettings.ReadKeys(new HaOptions { KeyFile = path }).Should().BeEquivalentTo(new { Mode = HelloAuthenticationMode.Enforce, Required = false });
        HaSettings.ReadKeys(new HaOptions { KeyFile = path, Mode = HelloAuthenticationMode.Permissive }).Mode.Should().Be(HelloAuthenticationMode.Permissive);
        HaSettings.ReadKeys(new HaOptions()).Mode.Should().Be(HelloAuthenticationMode.Bootstrap);
    }
}
