using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <content>What can happen in a round, and what a core wants.</content>
internal sealed partial class Model
{
    private const int KindsOfANode = 5;

    /// <summary>The most choices that a round has.</summary>
    public int MostChoices => 1 + (Count * (KindsOfANode + Count));

    /// <summary>What can happen: at most one event a round.</summary>
    /// <returns>How many.</returns>
    public int Choices(Span<int> choices)
    {
        var n = 0;
        choices[n++] = Nothing;
        for (var i = 0; i < Count; i++)
        {
            var first = 1 + (i * KindsOfANode);
            choices[n++] = first;
            if (_nodes[i].Core is null)
            {
                continue;
            }

            choices[n++] = first + 1;
            if (_events.HasFlag(ModelEvents.Faults) && !_nodes[i].Paused)
            {
                choices[n++] = first + 2;
            }

            if (_events.HasFlag(ModelEvents.Disks))
            {
                choices[n++] = first + 3;
            }

            if (_events.HasFlag(ModelEvents.Kills))
            {
                choices[n++] = first + 4;
            }
        }

        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < Count; j++)
            {
                if (i != j)
                {
                    choices[n++] = 1 + (Count * KindsOfANode) + (i * Count) + j;
                }
            }
        }

        return n;
    }

    /// <summary>What a choice means now.</summary>
    public string Name(int choice, Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (choice == Nothing)
        {
            return "";
        }

        var link = choice - 1 - (Count * KindsOfANode);
        if (link >= 0)
        {
            return $"{Name(link / Count)}>{Name(link % Count)} {(model.Works(link / Count, link % Count) ? "breaks" : "heals")}";
        }

        var i = (choice - 1) / KindsOfANode;
        ref readonly var node = ref model._nodes[i];
        return $"{Name(i)} " + ((choice - 1) % KindsOfANode) switch
        {
            0 => node.Core is null ? "starts" : "crashes",
            1 => node.Paused ? "continues" : "pauses",
            2 => node.Fault ? "heals" : "faults",
            3 => node.DiskFails ? "disk works" : "disk fails",
            _ => "is killed",
        };
    }

    public void Apply(int choice)
    {
        if (choice == Nothing)
        {
            return;
        }

        Faults++;
        var link = choice - 1 - (Count * KindsOfANode);
        if (link >= 0)
        {
            Links ^= 1 << link;
            return;
        }

        var i = (choice - 1) / KindsOfANode;
        ref var node = ref _nodes[i];
        switch ((choice - 1) % KindsOfANode)
        {
            case 0 when node.Core is null:
                Start(ref node, i);
                break;
            case 0:
                End(ref node);
                break;
            case 1 when node.Paused:
                node.Paused = false;
                break;
            case 1:
                node.Paused = true;
                node.Waits = true;
                Array.Clear(node.Waiting);
                break;
            case 3:
                node.DiskFails = !node.DiskFails;
                break;
            case 4:
                if (node is { TermWritten: true, Core.Announces: true })
                {
                    (node.PinnedTerm, node.PinnedUntil) = (node.Core.Term, node.Core.State.AnswerUntil);
                }

                End(ref node);
                break;
            default:
                node.Fault = !node.Fault;
                node.Core!.SetFault(0, node.Fault, false, Now, _scratch.Actions);
                Run(ref node, i);
                break;
        }
    }

    private static void End(ref Node node)
    {
        node.Core = null;
        node.Paused = false;
        node.Waits = false;
        node.Fault = false;
    }

    private void Run(ref Node node, int i)
    {
        // Answers are actions' own consequences: a core that answers adds to the same list.
        var actions = _scratch.Actions;
        for (var k = 0; k < actions.Count; k++)
        {
            var action = actions[k];
            switch (action.Kind)
            {
                case RoleActionKind.ReserveTerms when node.DiskFails:
                    node.Core!.TermsNotReserved(Now, actions);
                    break;
                case RoleActionKind.ReserveTerms:
                    node.Ceiling = Math.Max(node.Ceiling, action.Number);
                    node.Core!.TermsReserved(action.Number, Now, actions);
                    break;
                case RoleActionKind.SendHello:
                    node.HelloDue = true;
                    break;
                case RoleActionKind.Announce:
                    if (node.Core!.Announces && node.Core.Term > node.Ceiling && !node.UnwrittenTerm)
                    {
                        Violation ??= $"I11: {Name(i)} announces with term {node.Core.Term}, on disk is {node.Ceiling}";
                    }

                    break;
                case RoleActionKind.Alarm when action.Alarm == RoleAlarm.TermNotDurable:
                    node.UnwrittenTold = true;
                    break;
                case RoleActionKind.Transition when action.Transition is { To: HelloRole.Master } change:
                    CheckPromotion(ref node, i, change);
                    break;
                default:
                    // A probe of the VIPs has no answer, and ends by its time.
                    break;
            }
        }

        actions.Clear();
    }

    private void CheckPromotion(ref Node node, int i, RoleTransition change)
    {
        if (change.Cause == RoleCause.Resumed)
        {
            if (Now >= node.PinnedUntil)
            {
                Violation ??= $"I6: {Name(i)} resumes behind gates that have closed";
            }

            node.TermWritten = true;
            return;
        }

        if (change.Cause != RoleCause.PauseOver && change.Term <= node.LastTerm)
        {
            Violation ??= $"I4: {Name(i)} uses term {change.Term} again";
        }

        if (change.Cause != RoleCause.PauseOver)
        {
            node.TermWritten = !node.DiskFails;

            // Told: it serves although its disk does not write. The term may be used again.
            node.UnwrittenTerm = node.UnwrittenTold;
            node.UnwrittenTold = false;
            node.LastTerm = node.UnwrittenTerm ? node.LastTerm : change.Term;
        }

        if (node.Core!.Readiness != Readiness.Ready && node.Core.HeardPeers(Now).Length > 0)
        {
            Violation ??= $"I5: {Name(i)} serves, is {node.Core.Readiness} and hears others";
        }
    }
}
