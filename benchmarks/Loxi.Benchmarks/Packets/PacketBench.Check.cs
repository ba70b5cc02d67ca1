namespace Loxi.Benchmarks.Packets;

/// <summary>Every program's work is looked at before its time is.</summary>
internal sealed partial class PacketBench
{
    /// <summary>One packet of every kind that will be measured.</summary>
    /// <exception cref="InvalidOperationException">A program does not do what it should.</exception>
    private static void Check(PacketGenerator generator, Hook hook, Subject[] subjects, Subject[] modes)
    {
        foreach (var subject in (IEnumerable<Subject>)[.. subjects, .. modes])
        {
            Prefer(subject);
            var (plane, service) = subject;
            // The floor sends to a MAC address that it made up.
            var resolves = plane is BalancerDataPlane;
            FrameCheck.Forward($"{hook} {plane.Name}, {service.Name}, first packet", service, generator.Send(plane.Connect, service.New(0, FlowSet.Syn), plane.Verdict), resolves);
            Fill(generator, [subject], 1);
            foreach (var program in plane.Established.Where(program => program.Translates))
            {
                FrameCheck.Forward($"{hook} {program.Name}, {service.Name}", service, generator.Send(program.Program, service.Open(1), program.Verdict, program.Across), resolves);
            }

            Clear(subject);
        }

        var balancer = subjects.Select(subject => subject.Plane).OfType<BalancerDataPlane>().First();
        foreach (var (name, flows) in SetupPackets(0))
        {
            var frame = generator.Send(balancer.Connect, flows, balancer.Verdict);
            if (flows.Reverse)
            {
                FrameCheck.Reverse($"{hook} set-up, {name}", BalancedService.Setup, frame);
            }
            else
            {
                FrameCheck.Forward($"{hook} set-up, {name}", BalancedService.Setup, frame, resolves: true);
            }
        }

        balancer.Clear(BalancedService.Setup.Family);
    }

    private static void Prefer(Subject subject)
    {
        if (subject.Plane is BalancerDataPlane balancer)
        {
            balancer.Prefer(subject.Service);
        }
    }
}
