using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// Takes records into the tables: checked and placed here, compared and inserted by the program of bpf/loxi_import.h, a batch in one
/// call. Services cannot change while a batch is under way: an endpoint's index must not be given to another one meanwhile.
/// </summary>
internal sealed class ConnectionImporter(NatDataPlane dataPlane, ServiceTables services, Lock gate)
{
    private readonly Lock _importing = new();
    private readonly ServicePlaceFinder _finder = new(services);
    private readonly int[] _places = new int[Shared.ImportBatch];

    public void Import(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes)
    {
        if (outcomes.Length < records.Length)
        {
            throw new ArgumentException($"There is room for {outcomes.Length} outcomes, expected {records.Length} as there are records.", nameof(outcomes));
        }

        lock (_importing)
        {
            for (var next = 0; next < records.Length;)
            {
                lock (gate)
                {
                    _finder.Forget();
                    var count = Fill(records, outcomes, ref next);
                    Run(count);
                    Collect(count, outcomes);
                }
            }
        }
    }

    /// <summary>Puts the next records that can be imported into the batch; the others have their outcome then.</summary>
    private int Fill(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes, ref int next)
    {
        var batch = dataPlane.Maps.Imports.Span;
        var count = 0;
        // Also what is refused counts: nobody waits for the gate as long as a hostile peer likes.
        for (var end = Math.Min(records.Length, next + batch.Length); next < end; next++)
        {
            ref readonly var record = ref records[next];
            var problem = ConnectionRecordRules.Check(record);
            var result = problem == ConnectionRecordProblem.None ? TryPlace(record, out batch[count]) : ConnectionImportResult.Malformed;
            outcomes[next] = new ConnectionImportOutcome(result, problem);
            if (result == ConnectionImportResult.None)
            {
                _places[count++] = next;
            }
        }

        return count;
    }

    /// <summary>None when it can be imported, else why not.</summary>
    private ConnectionImportResult TryPlace(in ConnectionRecord record, out RawImport raw)
    {
        var place = default(ServicePlace);
        raw = default;
        // What is deleted or refreshed may belong to a service that is gone: the two ends say enough.
        if (record.Operation == ConnectionOperation.Put)
        {
            var result = _finder.Find(record, out place);
            if (result != ConnectionImportResult.None)
            {
                return result;
            }
        }

        Write(record.Client, out raw.Client);
        Write(record.Vip, out raw.Vip);
        Write(record.Source, out raw.Source);
        Write(record.Endpoint, out raw.Target);
        raw.ClientPort = WireAddress.ToWire(record.ClientPort);
        raw.VipPort = WireAddress.ToWire(record.VipPort);
        raw.SourcePort = WireAddress.ToWire(record.SourcePort);
        raw.TargetPort = WireAddress.ToWire(record.EndpointPort);
        raw.Endpoint = place.Endpoint;
        raw.Age = (uint)(record.Age.Ticks * TimeSpan.NanosecondsPerTick >> Shared.TickShift);
        raw.Version = record.Version.Value;
        raw.Layout = Shared.Layout;
        raw.Op = (byte)record.Operation;
        raw.Proto = FlowRecords.WireProtocol(record.Protocol, record.Client.IsIPv4);
        raw.State = (byte)record.State;
        raw.Flags = (ushort)(FlowRecords.Flags(record.Traits) | ((record.Traits & ConnectionTraits.Direct) != 0 && place.ChoosesTunnel ? Shared.FlowAuto : 0));
        raw.VipGroup = place.VipGroup;
        return ConnectionImportResult.None;
    }

    private void Run(int count)
    {
        if (count == 0)
        {
            return;
        }

        var call = new RawImportCall { Count = (uint)count, Tick = FlowClock.Now };
        uint done;
        lock (dataPlane.Remover.Gate)
        {
            done = dataPlane.ImportProgram.RunSyscall(ref call).ReturnValue;
        }

        if (done != (uint)count)
        {
            throw new InvalidOperationException($"The import program has worked on {(int)done} records, expected {count}.");
        }
    }

    private void Collect(int count, Span<ConnectionImportOutcome> outcomes)
    {
        var batch = dataPlane.Maps.Imports.Span;
        for (var i = 0; i < count; i++)
        {
            var result = (ConnectionImportResult)batch[i].Result;
            // What is left to the program to refuse: a tunnel to an endpoint towards which the node has no address.
            outcomes[_places[i]] = new ConnectionImportOutcome(result, result == ConnectionImportResult.Malformed ? ConnectionRecordProblem.Direct : ConnectionRecordProblem.None);
        }
    }

    private static void Write(FlowAddress address, out Bytes16 bytes)
    {
        bytes = default;
        address.Write(bytes);
    }
}
