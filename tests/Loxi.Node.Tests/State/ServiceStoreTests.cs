using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.State;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class ServiceStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-store-").FullName;

    private string Whole => Path.Combine(_directory, "services.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task KilledAfterChanges_EveryAnsweredChangeIsThere()
    {
        var store = Open(out var model);
        for (var i = 0; i < 20; i++)
        {
            model = await ChangeAsync(store, model, m => m.With(Service(i, 80)));
        }

        model = await ChangeAsync(store, model, m => m.With(Service(3, 8080)));
        model = await ChangeAsync(store, model, m => m.Without(Service(4, 80).Key));
        model = await ChangeAsync(store, model, m => m.Without([Service(5, 80).Key, Service(6, 80).Key]));

        // Not disposed: as if the process had died.
        Equal(Reread(), model);
        model.Should().HaveCount(17);
    }

    [Fact]
    public async Task StoppedInOrder_TheWholeFileAloneIsTheTruth()
    {
        var store = Open(out var model);
        model = await ChangeAsync(store, model, m => m.With(Service(1, 80)));
        model = await ChangeAsync(store, model, m => m.With(Service(2, 80)));
        Journals().Should().NotBeEmpty();

        await store.DisposeAsync();

        Journals().Should().BeEmpty();
        new ServiceStateFile(_directory).Load().Services.DifferenceFrom(model).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task JournalCutAnywhere_GivesTheChangesBeforeTheCut()
    {
        var store = Open(out var model);
        List<(long Length, ServiceModel Model)> states = [(0, model)];
        for (var i = 0; i < 6; i++)
        {
            model = await ChangeAsync(store, model, m => m.With(Service(i, 80)));
            states.Add((Journals().Sum(static j => new FileInfo(j).Length), model));
        }

        var journal = Journals().Should().ContainSingle().Subject;
        var content = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        var whole = await File.ReadAllBytesAsync(Whole, TestContext.Current.CancellationToken);
        for (var length = 0; length < content.Length; length++)
        {
            await Restore(whole, journal, content[..length]);

            var again = new ServiceStore(_directory, NullLogger.Instance);
            again.Load().Services.DifferenceFrom(states.Last(s => s.Length <= length).Model).IsEmpty.Should().BeTrue("the journal was cut to {0} bytes", length);
            // What was cut off is gone for good: the next start finds a journal of whole lines.
            new FileInfo(journal).Length.Should().Be(states.Last(s => s.Length <= length).Length);
        }
    }

    [Fact]
    public async Task CutJournal_GoesOnInTheNextOne()
    {
        var store = Open(out var model);
        model = await ChangeAsync(store, model, m => m.With(Service(1, 80)));
        var kept = await ChangeAsync(store, model, m => m.With(Service(2, 80)));
        await ChangeAsync(store, kept, m => m.With(Service(3, 80)));
        var journal = Journals().Single();
        var content = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        await Restore(await File.ReadAllBytesAsync(Whole, TestContext.Current.CancellationToken), journal, content[..^5]);

        var second = new ServiceStore(_directory, NullLogger.Instance);
        var read = second.Load().Services;
        read.DifferenceFrom(kept).IsEmpty.Should().BeTrue();
        read = await ChangeAsync(second, read, m => m.With(Service(4, 80)));

        Equal(Reread(), read);
    }

    [Fact]
    public void ChangeWithAMemberOfTheWrongType_IsAProblemWithItsPath() =>
        JournalCodec.Replay("""{"seq":1,"put":[{"serviceArguments":{"port":"x"}}]}"""u8, 1, new StateBuilder(DesiredState.Empty))
            .Should().ContainSingle().Which.ToString().Should().Be("""put[0].serviceArguments.port: value '"x"', expected a whole number""");

    [Fact]
    public async Task ByteChangedBeforeTheLastChange_IsAnErrorThatNamesTheLine()
    {
        var store = Open(out var model);
        for (var i = 0; i < 4; i++)
        {
            model = await ChangeAsync(store, model, m => m.With(Service(i, 80)));
        }

        var journal = Journals().Single();
        var content = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        var end = content.AsSpan()[..^1].LastIndexOf((byte)'\n');
        var whole = await File.ReadAllBytesAsync(Whole, TestContext.Current.CancellationToken);
        for (var at = 0; at < end; at++)
        {
            var damaged = content.ToArray();
            damaged[at] ^= 0x11;
            await Restore(whole, journal, damaged);

            new ServiceStore(_directory, NullLogger.Instance).Invoking(static s => s.Load()).Should().Throw<StateFileException>()
                .WithMessage($"{journal}: line *, byte *: value '*', expected a change as it was written: the file is damaged there");
        }
    }

    [Fact]
    public async Task LineMissingOrTwice_IsAnErrorThatNamesTheNumber()
    {
        var store = Open(out var model);
        for (var i = 0; i < 5; i++)
        {
            model = await ChangeAsync(store, model, m => m.With(Service(i, 80)));
        }

        var journal = Journals().Single();
        var lines = await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(journal, string.Join('\n', lines.Where((_, i) => i != 1)) + "\n", TestContext.Current.CancellationToken);

        new ServiceStore(_directory, NullLogger.Instance).Invoking(static s => s.Load()).Should().Throw<StateFileException>()
            .WithMessage($"{journal}: line 2: seq: value '3', expected 2: no line is missing or there twice");
    }

    [Fact]
    public async Task WholeFileReplacedOrGoneBesideAJournal_IsAnErrorThatSaysWhatToDo()
    {
        var store = Open(out var model);
        model = await ChangeAsync(store, model, m => m.With(Service(1, 80)));
        await ChangeAsync(store, model, m => m.With(Service(2, 80)));

        await File.WriteAllTextAsync(Whole, """{"lbAttr":[]}""", TestContext.Current.CancellationToken);
        new ServiceStore(_directory, NullLogger.Instance).Invoking(static s => s.Load()).Should().Throw<StateFileException>()
            .WithMessage($"{Whole}: journal: value 'none', expected*{Journals().Single()}*remove the journal to take this file alone");
        File.Delete(Whole);
        new ServiceStore(_directory, NullLogger.Instance).Invoking(static s => s.Load()).Should().Throw<StateFileException>().WithMessage($"{Whole}: journal: value 'no file'*");
        File.Delete(Journals().Single());
        new ServiceStore(_directory, NullLogger.Instance).Load().Services.Should().BeEmpty();
    }

    [Fact]
    public async Task JournalMissingBetweenOthers_IsAnError()
    {
        var store = Open(out var model);
        model = await ChangeAsync(store, model, m => m.With(Service(1, 80)));
        await ChangeAsync(store, model, m => m.With(Service(2, 80)));
        var journal = Journals().Single();
        File.Move(journal, ServiceJournal.PathOf(_directory, 7));

        new ServiceStore(_directory, NullLogger.Instance).Invoking(static s => s.Load()).Should().Throw<StateFileException>().WithMessage($"*services.7.journal*{journal}*not there*");
    }

    [Fact]
    public async Task CrashAtEachStepOfAFold_LosesNothing()
    {
        // Before: whole file 1 and journal 1. The fold begins journal 2, writes whole file 2 beside and over the old one, deletes journal 1.
        var store = Open(out var model);
        model = await ChangeAsync(store, model, m => m.With(Service(1, 80)));
        model = await ChangeAsync(store, model, m => m.With(Service(2, 80)));
        var (one, whole) = (Journals().Single(), await File.ReadAllBytesAsync(Whole, TestContext.Current.CancellationToken));
        var content = await File.ReadAllBytesAsync(one, TestContext.Current.CancellationToken);
        var two = ServiceJournal.PathOf(_directory, int.Parse(Path.GetFileName(one).Split('.')[1], System.Globalization.CultureInfo.InvariantCulture) + 1);

        // Journal 2 is there and empty, the new whole file is half written.
        await File.WriteAllBytesAsync(two, [], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Whole + ".tmp", "{\"version\":1,\"lbA", TestContext.Current.CancellationToken);
        Equal(Reread(), model);

        // The new whole file is there, journal 1 still is.
        File.Delete(two);
        new ServiceStateFile(_directory).Save(new DesiredState(model, SourcePools.Empty), 2);
        Equal(Reread(), model);
        await Restore(whole, one, content);
        Equal(Reread(), model);
    }

    [Fact]
    public async Task JournalThatGetsLong_IsFoldedWhileChangesGoOn()
    {
        var store = Open(out var model);
        var longest = 0L;
        for (var i = 0; i < 700; i++)
        {
            model = await ChangeAsync(store, model, m => m.With(Service(i % 50, (ushort)(1 + i), 60)));
            longest = Math.Max(longest, Journals().Sum(static j => new FileInfo(j) is { Exists: true } file ? file.Length : 0));
        }

        longest.Should().BeGreaterThan(1024 * 1024).And.BeLessThan(4 * 1024 * 1024);
        Equal(Reread(), model);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task FailedWrite_IsTakenBackAndTheNextOneWorks()
    {
        var store = Open(out var model);
        // The name of the first journal is taken.
        var taken = ServiceJournal.PathOf(_directory, 1);
        Directory.CreateDirectory(taken);

        var failed = model.With(Service(2, 80));
        await store.Awaiting(s => SaveAsync(s, model, failed)).Should().ThrowAsync<Exception>();

        Equal(Reread(), model);
        Directory.Delete(taken);
        model = await ChangeAsync(store, model, m => m.With(Service(3, 80)));
        Equal(Reread(), model);
        model = await ChangeAsync(store, model, m => m.With(Service(4, 80)));
        Equal(Reread(), model);
        await store.DisposeAsync();
        Equal(Reread(), model);
    }

    private static void Equal(ServiceModel read, ServiceModel expected) =>
        read.ToOrderedArray().Should().Equal(expected.ToOrderedArray());

    private ServiceStore Open(out ServiceModel model)
    {
        var store = new ServiceStore(_directory, NullLogger.Instance);
        model = store.Load().Services;
        store.Fold();
        return store;
    }

    /// <summary>What the next process reads when this one dies now.</summary>
    private ServiceModel Reread() => new ServiceStore(_directory, NullLogger.Instance).Load().Services;

    private string[] Journals() => [.. ServiceJournal.NumbersIn(_directory).Select(n => ServiceJournal.PathOf(_directory, n))];

    private async Task Restore(byte[] whole, string journal, byte[] content)
    {
        foreach (var file in Directory.GetFiles(_directory))
        {
            File.Delete(file);
        }

        await File.WriteAllBytesAsync(Whole, whole, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(journal, content, TestContext.Current.CancellationToken);
    }

    private static async Task<ServiceModel> ChangeAsync(ServiceStore store, ServiceModel model, Func<ServiceModel, ServiceModel> change)
    {
        var desired = change(model);
        await SaveAsync(store, model, desired);
        return desired;
    }

    private static Task SaveAsync(ServiceStore store, ServiceModel before, ServiceModel desired)
    {
        var after = new DesiredState(desired, SourcePools.Empty);
        return store.SaveAsync(StateDifference.Between(after with { Services = before }, after), after);
    }

    private static Service Service(int number, ushort endpointPort, int endpoints = 2) => new()
    {
        Key = new ServiceKey(new IPAddress([198, 18, (byte)(number >> 8), (byte)number]), ServiceProtocol.Tcp, 80),
        Name = $"service {number}",
        Endpoints = [.. Enumerable.Range(1, endpoints).Select(i => new ServiceEndpoint(new IPAddress([192, 0, 2, (byte)i]), endpointPort, 1))],
    };
}
