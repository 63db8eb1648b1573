import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.actions.setgeopoint.SetGeopointAction;
import org.javarosa.core.model.actions.setgeopoint.SetGeopointActionHandler;
import org.javarosa.core.model.data.AnswerDataFactory;
import org.javarosa.core.model.data.DateTimeData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.SelectMultiData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.UncastData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceFactory;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills in a form with JavaRosa, the engine of ODK Collect, and prints what Collect would send.
 *
 * Arguments: the XForm, the answers (a line each: path, value, clock in ms, parted by tabs; repeats as stop[2]), the
 * folder of the form's files, and where the phone is ("lat lon alt acc"). Exit code 2: an answer was not taken.
 */
public final class Fill {
    private static final Map<String, String[]> ANSWERS = new LinkedHashMap<>();
    private static final Map<String, Integer> REPEATS = new LinkedHashMap<>();
    private static String place;
    private static long clock = 0;

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);  // JavaRosa talks on the standard output
        for (String line : Files.readAllLines(Path.of(args[1]), StandardCharsets.UTF_8)) {
            String[] parts = line.split("\t", -1);
            ANSWERS.put(parts[0], parts);
            clock = clock == 0 ? Long.parseLong(parts[2]) : clock;
            countRepeats(parts[0]);
        }
        place = args[3];
        FormDef form = load(args[0], args[2]);
        fill(form);
        if (!ANSWERS.isEmpty()) {
            System.err.println("Not asked: " + ANSWERS.keySet());
            System.exit(2);
        }
        ValidateOutcome outcome = form.validate(true);
        if (outcome != null) {
            System.err.println("Not valid at " + outcome.failedPrompt + ": " + outcome.outcome);
            System.exit(2);
        }
        form.postProcessInstance();
        setClock(form.getInstance().getRoot());
        out.write(new XFormSerializingVisitor().serializeInstance(form.getMainInstance()));
        out.flush();
    }

    private static FormDef load(String path, String folder) throws Exception {
        new XFormsModule().registerModule();
        XFormParser.registerActionHandler(SetGeopointActionHandler.ELEMENT_NAME, new SetGeopointActionHandler() {
            @Override
            public SetGeopointAction getSetGeopointAction() {
                return new Here();
            }
        });
        ReferenceManager.instance().addReferenceFactory(new Folder(folder));
        FormDef form = XFormUtils.getFormFromFormXml(path, null);
        form.initialize(true, new InstanceInitializationFactory());
        return form;
    }

    private static void fill(FormDef form) {
        setClock(form.getInstance().getRoot());
        FormEntryModel model = new FormEntryModel(form);
        FormEntryController controller = new FormEntryController(model);
        for (int event = controller.stepToNextEvent(); event != FormEntryController.EVENT_END_OF_FORM;
                event = controller.stepToNextEvent()) {
            String path = pathOf(model);
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                int wanted = REPEATS.getOrDefault(path.replaceFirst("\\[\\d+\\]$", ""), 0);
                if (model.getFormIndex().getElementMultiplicity() < wanted) {
                    controller.newRepeat();
                }
            } else if (event == FormEntryController.EVENT_QUESTION && ANSWERS.containsKey(path)) {
                String[] answer = ANSWERS.remove(path);
                clock = Long.parseLong(answer[2]);
                int result = controller.answerQuestion(data(model.getQuestionPrompt(), answer[1]), true);
                if (result != FormEntryController.ANSWER_OK) {
                    System.err.println("Refused: " + path + " = " + answer[1] + " (" + result + ")");
                    System.exit(2);
                }
                setClock(form.getInstance().getRoot());
            }
        }
    }

    /** JavaRosa reads Java's own clock: what it noted just now is moved to the clock of the data set. */
    private static void setClock(TreeElement node) {
        for (int i = 0; i < node.getNumChildren(); i++) {
            setClock(node.getChildAt(i));
        }
        if (node.getValue() instanceof DateTimeData) {
            Date noted = (Date) node.getValue().getValue();
            if (Math.abs(System.currentTimeMillis() - noted.getTime()) < 60_000) {
                node.setValue(new DateTimeData(new Date(clock)));
            }
        }
    }

    private static IAnswerData data(FormEntryPrompt prompt, String text) {
        if (prompt.getControlType() == Constants.CONTROL_SELECT_ONE) {
            return new SelectOneData(choice(prompt, text));
        }
        if (prompt.getControlType() == Constants.CONTROL_SELECT_MULTI) {
            List<Selection> chosen = java.util.Arrays.stream(text.split(" ")).map(one -> choice(prompt, one)).toList();
            return new SelectMultiData(chosen);
        }
        if (prompt.getDataType() == Constants.DATATYPE_BINARY) {
            return new StringData(text);
        }
        return AnswerDataFactory.templateByDataType(prompt.getDataType()).cast(new UncastData(text));
    }

    private static Selection choice(FormEntryPrompt prompt, String value) {
        for (SelectChoice one : prompt.getSelectChoices()) {
            if (one.getValue().equals(value)) {
                return one.selection();
            }
        }
        throw new IllegalArgumentException(value + " is no choice of " + prompt.getIndex().getReference());
    }

    /** The path below the root; [n] after the parts that a data set numbers, those of repeats. */
    private static String pathOf(FormEntryModel model) {
        String[] parts = model.getFormIndex().getReference().toString(true).split("/");
        StringBuilder path = new StringBuilder();
        StringBuilder bare = new StringBuilder();
        for (int i = 2; i < parts.length; i++) {
            String name = parts[i].replaceFirst("\\[.*", "");
            bare.append(i > 2 ? "/" : "").append(name);
            path.append(i > 2 ? "/" : "").append(REPEATS.containsKey(bare.toString()) ? parts[i] : name);
        }
        return path.toString().replace("[@template]", "");
    }

    private static void countRepeats(String path) {
        java.util.regex.Matcher found = java.util.regex.Pattern.compile("^(.*?)\\[(\\d+)\\]").matcher(path);
        if (found.find()) {
            REPEATS.merge(found.group(1), Integer.parseInt(found.group(2)), Math::max);
        }
    }

    /** The phone's receiver: it knows at once where it is. */
    public static final class Here extends SetGeopointAction {
        @Override
        public void requestLocationUpdates() {
            saveLocationValue(place);
        }
    }

    /** jr:// names as files of one folder. */
    private static final class Folder implements ReferenceFactory {
        private final String folder;

        Folder(String folder) {
            this.folder = folder;
        }

        @Override
        public boolean derives(String uri) {
            return uri.startsWith("jr://");
        }

        @Override
        public Reference derive(String uri) {
            return new Local(uri, new File(folder, uri.substring(uri.lastIndexOf('/') + 1)));
        }

        @Override
        public Reference derive(String uri, String context) {
            return derive(uri);
        }
    }

    private static final class Local implements Reference {
        private final String uri;
        private final File file;

        Local(String uri, File file) {
            this.uri = uri;
            this.file = file;
        }

        @Override
        public boolean doesBinaryExist() {
            return file.exists();
        }

        @Override
        public InputStream getStream() throws IOException {
            return new FileInputStream(file);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return file.getAbsolutePath();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
