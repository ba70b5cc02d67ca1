using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.State;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.State;

/// <summary>Source pools, and what a journal says about them.</summary>
public sealed class PoolJournalTests : IDisposable
{
    private static readonly SourcePool East = Pool("east", "192.0.2.101");

    private static readonly Service Web = new()
    {
        Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), ServiceProtocol.Tcp, 80),
        SourcePool = "east",
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("192.0.2.1"), 80, 1) { Draining = true }],
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-pools-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task KilledAfterChanges_PoolsAndTheirServicesAreThere()
    {
        var store = new ServiceStore(_directory, NullLogger.Instance);
        var state = await ChangeAsync(store, store.Load(), s => s with { Pools = s.Pools.With(Pool("gone", "192.0.2.1")) });
        state = await ChangeAsync(store, state, s => s with { Pools = s.Pools.With(East) });
        state = await ChangeAsync(store, state, s => s with { Services = s.Services.With(Web) });
        state = await ChangeAsync(store, state, s => s with { Pools = s.Pools.With(Pool("east", "192.0.2.101", "2001:db8::101")) });
        state = await ChangeAsync(store, state, s => s with { Pools = s.Pools.Without("gone") });
        ServiceJournal.NumbersIn(_directory).Should().NotBeEmpty();

        // Not disposed: as if the process had died.
        Check(new ServiceStore(_directory, NullLogger.Instance).Load(), state);
        await store.DisposeAsync();
        ServiceJournal.NumbersIn(_directory).Should().BeEmpty();
        Check(new ServiceStateFile(_directory).Load(), state);
        state.Pools.Should().ContainSingle().Which.Addresses.Should().HaveCount(2);
    }

    [Fact]
    public async Task FileOfTheVersionBefore_IsWrittenAnewBeforeAJournalGoesOn()
    {
        var whole = Path.Combine(_directory, "services.json");
        await File.WriteAllTextAsync(whole, """{"version":1,"journal":3,"lbAttr":[]}""", TestContext.Current.CancellationToken);
        await using var store = new ServiceStore(_directory, NullLogger.Instance);
        var state = store.Load();

        state = await ChangeAsync(store, state, s => s with { Pools = s.Pools.With(East) });

        (await File.ReadAllTextAsync(whole, TestContext.Current.CancellationToken)).Should().StartWith("{\"version\":2,");
        Check(new ServiceStore(_directory, NullLogger.Instance).Load(), state);
    }

    [Fact]
    public void JournalOfTheVersionBefore_IsReplayed()
    {
        var state = new StateBuilder(DesiredState.Empty);

        JournalCodec.Replay("""{"seq":1,"put":[{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp"},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":80,"weight":1}]}]}"""u8, 1, state)
            .Should().BeEmpty();

        state.ToState().Services.Should().ContainSingle();
    }

    [Theory]
    [InlineData("""{"seq":1,"deletePools":["west"]}""", "deletePools: value 'west', expected the name of a source pool that is there")]
    [InlineData("""{"seq":1,"putPools":[{"name":"a b","addresses":["192.0.2.1"]}]}""", "putPools.name: value 'a b', expected *")]
    public void ChangeThatCannotBe_IsNamed(string text, string problem) =>
        JournalCodec.Replay(System.Text.Encoding.UTF8.GetBytes(text), 1, new StateBuilder(DesiredState.Empty)).Should().ContainSingle().Which.ToString().Should().Match(problem);

    private static void Check(DesiredState read, DesiredState expected)
    {
        read.Services.ToOrderedArray().Should().Equal(expected.Services.ToOrderedArray());
        read.Pools.IsSameAs(expected.Pools).Should().BeTrue();
    }

    private static async Task<DesiredState> ChangeAsync(ServiceStore store, DesiredState before, Func<DesiredState, DesiredState> change)
    {
        var after = change(before);
        await store.SaveAsync(StateDifference.Between(before, after), after);
        return after;
    }

    private static SourcePool Pool(string name, params string[] addresses) => new() { Name = name, Addresses = [.. addresses.Select(IPAddress.Parse)] };
}
